import { BentoError } from '../../errors.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { listAt, textAt } from '../../lib/records.ts'
import { changeOf } from '../change-of.ts'
import { pickRevision, type Revision } from '../pick-revision.ts'
import type { RestApi } from '../rest-api.ts'
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
import { readLogs } from './logs.ts'
import { conditionOf, untilDone } from './operations.ts'
import { renderService } from './render.ts'
import {
  bentoAnnotation,
  imageOf,
  isNewestLive,
  isOurs,
  lastPart,
  liveRevision,
  numberOf,
  statusOf,
} from './status.ts'
import { allTo, renderTraffic } from './traffic.ts'

type Setting = Pick<ConnectOptions, 'env' | 'report' | 'signal'> & {
  /** As `projects/P/locations/L`. */
  readonly parent: string
  readonly token: () => Promise<string>
}

/** Cloud Run in one region of one project. */
export class CloudRunConnection implements Connection {
  readonly #api: RestApi
  readonly #setting: Setting

  constructor(api: RestApi, setting: Setting) {
    this.#api = api
    this.#setting = setting
  }

  async plan(spec: DeploymentSpec): Promise<readonly Change[]> {
    const live = await this.#find(spec.name)
    const object = `Service/${spec.name}`
    const wanted = renderService(spec)
    const { action } = await changeOf(object, live, wanted)
    // The newest may have a part of the traffic only, or none after a rollback.
    const isSplit = action === 'none' && !isNewestLive(live)
    const traffic = renderTraffic(spec, liveRevision(live))
    const change = await changeOf(object, live, isSplit ? { ...wanted, traffic } : wanted)
    const conflict = `Service/${spec.name} is there already, and not bento's`
    return [{ ...change, conflicts: live === undefined || isOurs(live) ? [] : [conflict] }]
  }

  async apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied> {
    const { name } = spec
    this.#setting.report(`Looking for ${name} on Cloud Run`)
    const live = await this.#find(name)
    if (live !== undefined && !isOurs(live) && !options.force) throw notOurs(name)
    const [change] = await this.plan(spec)
    const isBroken = conditionOf(live) !== undefined
    const changed = change?.action === 'none' && !isBroken ? [] : [`Service/${name}`]
    if (changed.length > 0) await this.#write(spec, live, options)
    const status = await this.get(name)
    return { name, revision: status.revision ?? 0, changed, pruned: [], status }
  }

  async list(): Promise<readonly DeploymentStatus[]> {
    const path = `${this.#setting.parent}/services`
    const services = await this.#all(path, 'services', 'to list services')
    const found = services.filter(isOurs).map(statusOf)
    return found.toSorted((a, b) => byCodeUnit(a.name, b.name))
  }

  async get(name: string): Promise<DeploymentStatus> {
    const service = await this.#require(name)
    const revisions = await this.#revisions(name, service)
    return { ...statusOf(service), revisions: revisions.map(({ id: _id, ...one }) => one) }
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    await this.#require(name)
    return readLogs({ ...this.#setting, ...options, name })
  }

  /** Sends all requests to a revision that is still there, whole. */
  async rollback(
    name: string,
    options: ApplyOptions & { readonly revision?: number },
  ): Promise<Applied> {
    const service = await this.#require(name)
    const { id, revision } = pickRevision(name, await this.#revisions(name, service), {
      wanted: options.revision,
      live: numberOf(liveRevision(service)),
    })
    const body = { traffic: allTo(id), etag: textAt(service, 'etag') }
    const query = { updateMask: 'traffic' }
    const path = this.#path(name)
    const started = await this.#api.require({ method: 'PATCH', path, query, body }, 'the rollback')
    await this.#wait(name, started, options)
    const status = await this.get(name)
    return { name, revision, changed: [`Service/${name}`], pruned: [], status }
  }

  async delete(name: string, options: { readonly wait: boolean }): Promise<readonly string[]> {
    await this.#require(name)
    const call = { method: 'DELETE', path: this.#path(name) }
    const started = await this.#api.require(call, 'to delete the service')
    await this.#wait(name, started, { ...options, timeoutSeconds: 600 })
    return [`Service/${name}`]
  }

  close(): void {
    // Nothing is held open.
  }

  async #write(spec: DeploymentSpec, live: unknown, options: ApplyOptions): Promise<void> {
    const { name } = spec
    const { parent, report } = this.#setting
    const running = live === undefined ? '' : liveRevision(live)
    const service = { ...renderService(spec), traffic: renderTraffic(spec, running) }
    report(live === undefined ? `Creating ${name}` : `Updating ${name}`)
    const started =
      live === undefined
        ? await this.#api.require(
            {
              method: 'POST',
              path: `${parent}/services`,
              query: { serviceId: name },
              body: service,
            },
            'to create the service',
          )
        : await this.#api.require(
            // The etag lets nobody be overwritten who was faster.
            {
              method: 'PATCH',
              path: this.#path(name),
              body: { ...service, etag: textAt(live, 'etag') },
            },
            'to update the service',
          )
    await this.#wait(name, started, options)
  }

  async #wait(
    name: string,
    started: unknown,
    { wait, timeoutSeconds }: Pick<ApplyOptions, 'wait' | 'timeoutSeconds'>,
  ): Promise<void> {
    if (!wait) return
    const hint = `Correct it and deploy again, or run \`bento deployment rollback ${name} -t cloud-run\`.`
    await untilDone(this.#api, started, { ...this.#setting, name, timeoutSeconds, hint })
  }

  async #revisions(name: string, service: unknown): Promise<readonly Revision[]> {
    const found = await this.#all(`${this.#path(name)}/revisions`, 'revisions', 'to list revisions')
    const live = liveRevision(service)
    const all = found.map((one) => {
      const id = lastPart(textAt(one, 'name'))
      const rest = conditionOf(one) === undefined ? 'superseded' : 'failed'
      return {
        id,
        revision: numberOf(id) ?? 0,
        bento: textAt(one, 'annotations', bentoAnnotation) ?? null,
        image: imageOf(one),
        status: id === live ? 'deployed' : rest,
        at: textAt(one, 'createTime') ?? '',
      }
    })
    return all.toSorted((a, b) => a.revision - b.revision)
  }

  async #all(path: string, key: string, what: string): Promise<readonly unknown[]> {
    const found: unknown[] = []
    let pageToken = ''
    do {
      const query = pageToken === '' ? undefined : { pageToken }
      const body = await this.#api.require({ path, ...(query && { query }) }, what)
      found.push(...listAt(body, key))
      pageToken = textAt(body, 'nextPageToken') ?? ''
    } while (pageToken !== '')
    return found
  }

  #path(name: string): string {
    return `${this.#setting.parent}/services/${name}`
  }

  #find(name: string): Promise<unknown> {
    return this.#api.find(this.#path(name), `to show the service "${name}"`)
  }

  async #require(name: string): Promise<unknown> {
    const found = await this.#find(name)
    if (found !== undefined && isOurs(found)) return found
    throw new BentoError(
      'DEPLOYMENT_NOT_FOUND',
      `There is no deployment "${name}" in ${this.#setting.parent}`,
      { hint: 'Run `bento deployment list -t cloud-run`; --project and --region say where.' },
    )
  }
}

function notOurs(name: string): BentoError {
  return new BentoError('DEPLOY_CONFLICT', `Service/${name} is there already, and not bento's`, {
    hint: 'Choose another --name, or take it over with --force.',
  })
}
