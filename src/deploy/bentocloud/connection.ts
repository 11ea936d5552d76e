import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { listAt, numberAt } from '../../lib/records.ts'
import { changeOf } from '../change-of.ts'
import { interrupted } from '../rest-api.ts'
import type { DeploymentSpec } from '../spec.ts'
import type {
  Applied,
  ApplyOptions,
  Change,
  Connection,
  ConnectOptions,
  DeploymentStatus,
  LogLine,
  LogOptions,
} from '../target.ts'
import type { CloudApi } from './cloud-api.ts'
import { pushBento } from './push.ts'
import { renderDeployment } from './render.ts'
import { configOf, isFailure, isReady, stateOf, statusOf } from './status.ts'

type Setting = Pick<ConnectOptions, 'report' | 'signal'> & {
  readonly cluster: string | undefined
}

const page = 100

/** BentoCloud. Nothing here has met the real one: it follows what BentoML's own client sends. */
export class BentoCloudConnection implements Connection {
  readonly #api: CloudApi
  readonly #setting: Setting

  constructor(api: CloudApi, setting: Setting) {
    this.#api = api
    this.#setting = setting
  }

  async plan(spec: DeploymentSpec): Promise<readonly Change[]> {
    const live = await this.#find(spec.name)
    const shown = live === undefined ? undefined : configOf(live)
    return [await changeOf(`Deployment/${spec.name}`, shown, renderDeployment(spec))]
  }

  async apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied> {
    const { name } = spec
    const body = renderDeployment(spec)
    const [change] = await this.plan(spec)
    const isSame = change?.action === 'none' && !isFailure(stateOf(await this.#find(name)))
    if (options.source !== undefined) {
      await pushBento(this.#api, options.source.bento, this.#setting)
    }
    if (!isSame) await this.#write(spec.name, body, change?.action === 'create')
    if (options.wait) await this.#untilReady(name, options.timeoutSeconds)
    const status = await this.get(name)
    const changed = isSame ? [] : [`Deployment/${name}`]
    return { name, revision: null, changed, pruned: [], status }
  }

  async list(): Promise<readonly DeploymentStatus[]> {
    const found: unknown[] = []
    for (;;) {
      const query = { ...this.#query(), start: String(found.length), count: String(page) }
      const answer = await this.#api.require({ path: 'v2/deployments', query }, 'to list')
      const items = listAt(answer, 'items')
      found.push(...items)
      if (items.length === 0 || found.length >= (numberAt(answer, 'total') ?? 0)) break
    }
    return found.map(statusOf).toSorted((a, b) => byCodeUnit(a.name, b.name))
  }

  async get(name: string): Promise<DeploymentStatus> {
    return statusOf(await this.#require(name))
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    const deployment = await this.#require(name)
    const { readLogs } = await import('./logs.ts')
    return readLogs(this.#api, deployment, { ...options, name, signal: this.#setting.signal })
  }

  async rollback(name: string): Promise<Applied> {
    await this.#require(name)
    throw new BentoError('USAGE', 'The API of BentoCloud hands no earlier revision out', {
      hint: 'Deploy the bento that ran before again: `bento deploy NAME:VERSION -t bentocloud`.',
    })
  }

  async delete(name: string, { wait }: { readonly wait: boolean }): Promise<readonly string[]> {
    await this.#require(name)
    const path = `v2/deployments/${name}`
    const query = this.#query()
    await this.#api.require({ method: 'POST', path: `${path}/terminate`, query }, 'to terminate')
    if (wait) await this.#until(name, 600, (state) => state === 'terminated')
    await this.#api.require({ method: 'DELETE', path, query }, 'to delete the deployment')
    return [`Deployment/${name}`]
  }

  close(): void {
    // Nothing is held open.
  }

  async #write(name: string, body: object, isNew: boolean): Promise<void> {
    const query = this.#query()
    this.#setting.report(`${isNew ? 'Creating' : 'Updating'} ${name} on BentoCloud`)
    const call = isNew
      ? { method: 'POST', path: 'v2/deployments', query, body: { name, ...body } }
      : { method: 'PUT', path: `v2/deployments/${name}`, query, body }
    await this.#api.require(call, 'the deployment')
  }

  #untilReady(name: string, timeoutSeconds: number): Promise<void> {
    return this.#until(name, timeoutSeconds, (state) => {
      if (!isFailure(state)) return isReady(state)
      throw new BentoError(
        'DEPLOY_FAILED',
        `"${name}" does not run: BentoCloud calls it ${state}`,
        {
          hint: `See ${this.#consoleOf(name)}, correct it and deploy again, or deploy the bento before.`,
        },
      )
    })
  }

  async #until(name: string, seconds: number, isDone: (state: string) => boolean): Promise<void> {
    const endsAt = performance.now() + seconds * 1000
    let pauseMs = 100
    for (;;) {
      const state = stateOf(await this.#find(name))
      if (isDone(state)) return
      if (this.#setting.signal?.aborted === true) throw interrupted()
      if (performance.now() > endsAt) {
        throw new BentoError('DEPLOY_TIMEOUT', `"${name}" is ${state} after ${seconds} s`, {
          hint: `See ${this.#consoleOf(name)}.`,
        })
      }
      this.#setting.report(`Waiting for ${name} on BentoCloud: ${state}`)
      await sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, 5000)
    }
  }

  #query(): Readonly<Record<string, string>> {
    const { cluster } = this.#setting
    return cluster === undefined ? {} : { cluster }
  }

  #find(name: string): Promise<unknown> {
    const call = { path: `v2/deployments/${name}`, query: this.#query() }
    return this.#api.find(call, `to show the deployment "${name}"`)
  }

  async #require(name: string): Promise<unknown> {
    const found = await this.#find(name)
    if (found !== undefined) return found
    throw new BentoError('DEPLOYMENT_NOT_FOUND', `There is no deployment "${name}" on BentoCloud`, {
      hint: 'Run `bento deployment list -t bentocloud`; --context names another account.',
    })
  }

  #consoleOf(name: string): string {
    return `${this.#api.endpoint}/deployments/${name}`
  }
}
