import { listAt, textAt } from '../../lib/records.ts'
import { type AwsApi, type AwsAnswer, requireOk } from '../aws/api.ts'

const base = '/2015-03-31/functions'
const urlBase = '/2021-10-31/functions'

/** Lambda's API, as far as a deployment needs it. */
export class Functions {
  readonly #api: AwsApi

  constructor(api: AwsApi) {
    this.#api = api
  }

  /** Undefined when there is none. */
  async find(name: string): Promise<unknown> {
    return this.#find(`${base}/${name}`, `to show the function "${name}"`)
  }

  findAlias(name: string, alias: string): Promise<unknown> {
    return this.#find(`${base}/${name}/aliases/${alias}`, 'to show the alias')
  }

  findUrl(name: string, alias: string): Promise<unknown> {
    return this.#find(`${urlBase}/${name}/url`, 'to show the function URL', { Qualifier: alias })
  }

  create(body: object): Promise<unknown> {
    return this.#send(`POST ${base}`, body, 'to create the function')
  }

  updateCode(name: string, body: object): Promise<unknown> {
    return this.#send(`PUT ${base}/${name}/code`, body, 'the new code of the function')
  }

  updateSettings(name: string, body: object): Promise<unknown> {
    return this.#send(`PUT ${base}/${name}/configuration`, body, 'the settings of the function')
  }

  /** Gives the last version when nothing has changed since; refuses when somebody has changed `revisionId` meanwhile. */
  publish(name: string, description: string, revisionId?: string): Promise<unknown> {
    const body = { Description: description, ...(revisionId && { RevisionId: revisionId }) }
    return this.#send(`POST ${base}/${name}/versions`, body, 'to publish a version')
  }

  createAlias(name: string, body: object): Promise<unknown> {
    return this.#send(`POST ${base}/${name}/aliases`, body, 'to create the alias')
  }

  moveAlias(name: string, alias: string, body: object): Promise<unknown> {
    return this.#send(`PUT ${base}/${name}/aliases/${alias}`, body, 'to move the alias')
  }

  async setUrl(name: string, alias: string, { body, isThere }: UrlChange): Promise<unknown> {
    const query = { Qualifier: alias }
    const call = { service: 'lambda', path: `${urlBase}/${name}/url`, query }
    const answer = await this.#api.call({
      ...call,
      method: isThere ? 'PUT' : 'POST',
      headers: json,
      body: JSON.stringify(body),
    })
    return requireOk(answer, 'the function URL')
  }

  /** Lets everybody call the URL; without it one with auth NONE still answers 403. */
  async allowAll(name: string, alias: string): Promise<void> {
    const answer = await this.#call('POST', `${base}/${name}/policy`, {
      query: { Qualifier: alias },
      body: {
        StatementId: 'bento-public-url',
        Action: 'lambda:InvokeFunctionUrl',
        Principal: '*',
        FunctionUrlAuthType: 'NONE',
      },
    })
    if (answer.error !== 'ResourceConflictException') requireOk(answer, 'to open the function URL')
  }

  async versions(name: string): Promise<readonly unknown[]> {
    const found = await this.#list(`${base}/${name}/versions`, 'Versions', 'to list versions')
    return found.filter((version) => textAt(version, 'Version') !== '$LATEST')
  }

  all(): Promise<readonly unknown[]> {
    return this.#list(base, 'Functions', 'to list functions')
  }

  async remove(name: string): Promise<void> {
    requireOk(await this.#call('DELETE', `${base}/${name}`), 'to delete the function')
  }

  async #find(path: string, what: string, query?: Record<string, string>): Promise<unknown> {
    const answer = await this.#call('GET', path, query === undefined ? {} : { query })
    return answer.error === 'ResourceNotFoundException' ? undefined : requireOk(answer, what)
  }

  async #list(path: string, key: string, what: string): Promise<readonly unknown[]> {
    const found: unknown[] = []
    let marker: string | undefined
    do {
      const query = marker === undefined ? undefined : { Marker: marker }
      const body = requireOk(await this.#call('GET', path, query && { query }), what)
      found.push(...listAt(body, key))
      marker = textAt(body, 'NextMarker')
    } while (marker !== undefined && marker !== '')
    return found
  }

  async #send(call: string, body: object, what: string): Promise<unknown> {
    const [method = '', path = ''] = call.split(' ')
    return requireOk(await this.#call(method, path, { body }), what)
  }

  #call(method: string, path: string, given: Given = {}): Promise<AwsAnswer> {
    const { query, body } = given
    return this.#api.call({
      service: 'lambda',
      method,
      path,
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
    })
  }
}

interface Given {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
}

interface UrlChange {
  readonly body: object
  readonly isThere: boolean
}

const json = { 'content-type': 'application/json' }
