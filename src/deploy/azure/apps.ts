import { listAt, textAt } from '../../lib/records.ts'
import type { RestApi } from '../rest-api.ts'

const version = '2025-01-01'

interface AppCall {
  readonly method?: string
  /** Below the resource group, as `containerApps/iris`. */
  readonly path: string
  readonly body?: object
}

/** Container Apps of one resource group, through Azure's resource manager. */
export class Apps {
  readonly #api: RestApi
  readonly #base: string
  readonly #group: string

  /** `base` is the address of the resource manager, `group` a path as `subscriptions/S/resourceGroups/G`. */
  constructor(api: RestApi, { base, group }: Readonly<Record<'base' | 'group', string>>) {
    this.#api = api
    this.#base = base
    this.#group = group
  }

  /** For people. */
  get group(): string {
    return this.#group
  }

  /** An app, or undefined. */
  find(name: string): Promise<unknown> {
    return this.#api.find(this.#path(`containerApps/${name}`), `to show the app "${name}"`, query)
  }

  list(): Promise<readonly unknown[]> {
    return this.#all('containerApps', 'to list apps')
  }

  put(name: string, body: object): Promise<unknown> {
    return this.#require({ method: 'PUT', path: `containerApps/${name}`, body }, 'the app')
  }

  patch(name: string, body: object): Promise<unknown> {
    return this.#require({ method: 'PATCH', path: `containerApps/${name}`, body }, 'the change')
  }

  async delete(name: string): Promise<void> {
    await this.#require({ method: 'DELETE', path: `containerApps/${name}` }, 'to delete the app')
  }

  revisions(name: string): Promise<readonly unknown[]> {
    return this.#all(`containerApps/${name}/revisions`, 'to list revisions')
  }

  async replicas(name: string, revision: string): Promise<readonly unknown[]> {
    const path = `containerApps/${name}/revisions/${revision}/replicas`
    return listAt(await this.#require({ path }, 'to list replicas'), 'value')
  }

  async setActive(name: string, revision: string, isActive: boolean): Promise<void> {
    const verb = isActive ? 'activate' : 'deactivate'
    const path = `containerApps/${name}/revisions/${revision}/${verb}`
    await this.#require({ method: 'POST', path }, `to ${verb} ${revision}`)
  }

  /** A token for the logs of one app. */
  async logToken(name: string): Promise<string> {
    const path = `containerApps/${name}/getAuthtoken`
    const answer = await this.#require({ method: 'POST', path }, 'a token for the log')
    return textAt(answer, 'properties', 'token') ?? ''
  }

  /** The environment that apps run in; `named` by its name in this group, or by its whole id. */
  async environment(named: string): Promise<{ readonly id: string; readonly location: string }> {
    const path = named.includes('/')
      ? named.replace(/^\//, '')
      : this.#path(`managedEnvironments/${named}`)
    const found = await this.#api.require({ path, query }, `to show the environment "${named}"`)
    return { id: textAt(found, 'id') ?? `/${path}`, location: textAt(found, 'location') ?? '' }
  }

  #require({ path, ...call }: AppCall, what: string): Promise<unknown> {
    return this.#api.require({ ...call, path: this.#path(path), query }, what)
  }

  async #all(path: string, what: string): Promise<readonly unknown[]> {
    const found: unknown[] = []
    let next: string | undefined = this.#path(path)
    while (next !== undefined) {
      const page: unknown = await this.#api.require({ path: next, query }, what)
      found.push(...listAt(page, 'value'))
      next = textAt(page, 'nextLink')?.replace(this.#base, '')
    }
    return found
  }

  #path(path: string): string {
    return `${this.#group}/providers/Microsoft.App/${path}`
  }
}

const query = { 'api-version': version }
