import { BentoError } from '../../errors.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { isRecord, textAt, valueAt } from '../../lib/records.ts'
import { changeOf } from '../change-of.ts'
import { pickRevision } from '../pick-revision.ts'
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
import type { Apps } from './apps.ts'
import { readLogs } from './logs.ts'
import { renderApp } from './render.ts'
import { untilGone, untilRunning, untilTaken, type WaitOptions } from './rollout.ts'
import { failureOf, isOurs, numberOf, revisionsOf, statusOf } from './status.ts'
import {
  isSameShare,
  liveRevision,
  renderTraffic,
  type Shares,
  sharesOf,
  splitBetween,
  textOf,
} from './traffic.ts'
import { bodyOf } from './write.ts'

type Setting = Pick<ConnectOptions, 'env' | 'report' | 'signal'>
type Waiting = Pick<ApplyOptions, 'wait' | 'timeoutSeconds'>

/** What there is, and what is wanted of it. */
interface Step {
  readonly live: unknown
  readonly newest: string
  /** Whether `newest` must be made. */
  readonly isNew: boolean
  readonly shares: Shares
  readonly change: Change
}

/** Azure Container Apps of one resource group. */
export class AzureConnection implements Connection {
  readonly #apps: Apps
  readonly #setting: Setting

  constructor(apps: Apps, setting: Setting) {
    this.#apps = apps
    this.#setting = setting
  }

  async plan(spec: DeploymentSpec): Promise<readonly Change[]> {
    const { change } = await this.#step(spec)
    return [change]
  }

  async apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied> {
    const { name } = spec
    this.#setting.report(`Looking for ${name} on Azure`)
    const step = await this.#step(spec)
    const [conflict] = step.change.conflicts
    if (conflict !== undefined && !options.force) throw notOurs(name, conflict)
    if (step.isNew || options.force) await this.#write(spec, step, options)
    else if (step.change.action !== 'none') {
      await this.#move(name, step.newest, { ...options, shares: step.shares })
    }
    const isSame = step.change.action === 'none' && !step.isNew && !options.force
    const status = await this.get(name)
    const changed = isSame ? [] : [`App/${name}`]
    return { name, revision: numberOf(step.newest) ?? 0, changed, pruned: [], status }
  }

  async list(): Promise<readonly DeploymentStatus[]> {
    const apps = (await this.#apps.list()).filter(isOurs)
    const all = apps.map(async (app) =>
      statusOf(app, await this.#apps.revisions(textAt(app, 'name') ?? '')),
    )
    return (await Promise.all(all)).toSorted((a, b) => byCodeUnit(a.name, b.name))
  }

  async get(name: string): Promise<DeploymentStatus> {
    const app = await this.#require(name)
    const found = await this.#apps.revisions(name)
    const revisions = revisionsOf(app, found).map(({ id: _id, ...one }) => one)
    return { ...statusOf(app, found), revisions }
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    const revision = liveRevision(await this.#require(name))
    return readLogs(this.#apps, { ...options, name, revision, signal: this.#setting.signal })
  }

  /** Starts a revision that is still there, and sends all requests to it. */
  async rollback(
    name: string,
    options: ApplyOptions & { readonly revision?: number },
  ): Promise<Applied> {
    const app = await this.#require(name)
    const { id, revision } = pickRevision(
      name,
      revisionsOf(app, await this.#apps.revisions(name)),
      {
        wanted: options.revision,
        live: numberOf(liveRevision(app)),
      },
    )
    await this.#move(name, id, { ...options, shares: { [id]: 100 } })
    const status = await this.get(name)
    return { name, revision, changed: [`App/${name}`], pruned: [], status }
  }

  async delete(name: string, { wait }: { readonly wait: boolean }): Promise<readonly string[]> {
    await this.#require(name)
    await this.#apps.delete(name)
    const options = { wait, timeoutSeconds: 600 }
    if (wait) await untilGone(this.#apps, this.#waiting(name, options))
    return [`App/${name}`]
  }

  close(): void {
    // Nothing is held open.
  }

  async #step(spec: DeploymentSpec): Promise<Step> {
    const { name, azure } = spec
    const live = await this.#apps.find(name)
    const wanted = renderApp(spec)
    const revisions = live === undefined ? [] : await this.#apps.revisions(name)
    const latest = textAt(live, 'properties', 'latestRevisionName') ?? ''
    const drift = await changeOf(`App/${name}`, live, wanted)
    const broken = revisions.find((one) => textAt(one, 'name') === latest)
    const isNew = drift.action !== 'none' || failureOf(broken) !== undefined
    const newest = isNew ? `${name}--v${nextOf(revisions)}` : latest
    const shares = splitBetween(newest, azure.traffic, sharesOf(live))
    const shown = isRecord(live) ? { ...live, traffic: textOf(sharesOf(live)) } : undefined
    const change = await changeOf(`App/${name}`, shown, { ...wanted, traffic: textOf(shares) })
    const conflicts =
      live === undefined || isOurs(live) ? [] : [`App/${name} is there already, and not bento's`]
    return { live, newest, isNew, shares, change: { ...change, conflicts } }
  }

  /** The new revision beside the old: requests move when it runs. */
  async #write(spec: DeploymentSpec, step: Step, options: ApplyOptions): Promise<void> {
    const { name } = spec
    const { live, newest, shares } = step
    const before = sharesOf(live)
    const isSafe = live !== undefined && options.wait && Object.keys(before).length > 0
    this.#setting.report(live === undefined ? `Creating ${name}` : `Updating ${name}`)
    const traffic = isSafe ? renderTraffic(before) : renderTraffic(shares, newest)
    await this.#apps.put(
      name,
      await bodyOf(spec, { apps: this.#apps, env: this.#setting.env, live, newest, traffic }),
    )
    if (!options.wait) return
    try {
      await untilTaken(this.#apps, this.#waiting(name, options))
      await untilRunning(this.#apps, newest, this.#waiting(name, options))
    } catch (error) {
      // It would be tried, and paid for, for ever.
      if (isSafe) await this.#apps.setActive(name, newest, false).catch(() => undefined)
      throw error
    }
    await this.#send(name, shares, options)
  }

  /** Starts a revision that is there, where it rests, and moves requests when it runs. */
  async #move(name: string, id: string, options: Waiting & { shares: Shares }): Promise<void> {
    await this.#apps.setActive(name, id, true)
    if (options.wait) await untilRunning(this.#apps, id, this.#waiting(name, options))
    await this.#send(name, options.shares, options)
  }

  /** Moves requests, and stops the revisions that get none. */
  async #send(name: string, shares: Shares, options: Waiting): Promise<void> {
    const app = await this.#require(name)
    const traffic = renderTraffic(shares)
    if (!isSameShare(sharesOf(app), shares)) {
      const properties = { configuration: { ingress: { traffic } } }
      await this.#apps.patch(name, { location: valueAt(app, 'location'), properties })
      if (options.wait) await untilTaken(this.#apps, this.#waiting(name, options))
    }
    for (const one of await this.#apps.revisions(name)) {
      const id = textAt(one, 'name') ?? ''
      const isIdle = valueAt(one, 'properties', 'active') === true && !(id in shares)
      if (isIdle) await this.#apps.setActive(name, id, false)
    }
  }

  #waiting(name: string, { timeoutSeconds }: Waiting): WaitOptions {
    return { ...this.#setting, name, timeoutSeconds }
  }

  async #require(name: string): Promise<unknown> {
    const found = await this.#apps.find(name)
    if (found !== undefined && isOurs(found)) return found
    throw new BentoError(
      'DEPLOYMENT_NOT_FOUND',
      `There is no deployment "${name}" in ${this.#apps.group}`,
      { hint: 'Run `bento deployment list -t azure`; --project SUBSCRIPTION/GROUP says where.' },
    )
  }
}

function nextOf(revisions: readonly unknown[]): number {
  return 1 + Math.max(0, ...revisions.map((one) => numberOf(textAt(one, 'name') ?? '') ?? 0))
}

function notOurs(name: string, conflict: string): BentoError {
  return new BentoError('DEPLOY_CONFLICT', conflict, {
    hint: `Choose another --name than ${name}, or take it over with --force.`,
  })
}
