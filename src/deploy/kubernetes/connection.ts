import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { listAt } from '../../lib/records.ts'
import { requireImage } from '../image.ts'
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
import { isUnknownKind, requireOk } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { isOurs } from './apply-object.ts'
import { applyAll, requireGoing, type Wanted } from './apply.ts'
import { diagnose } from './diagnose.ts'
import { collectionPath } from './kinds.ts'
import { managedBy } from './labels.ts'
import { readLogs } from './logs.ts'
import { planAll } from './plan.ts'
import { listOwned, type Reference, removeObject } from './prune.ts'
import { renderObjects } from './render.ts'
import { waitForRollout } from './rollout.ts'
import { DeploymentState, type Revision } from './state.ts'
import { findUrl, statusOf } from './status.ts'

type Setting = Pick<ConnectOptions, 'report' | 'signal'> & { readonly namespace: string }

const pollMs = 500

/** One namespace of one cluster. */
export class KubernetesConnection implements Connection {
  readonly #api: KubernetesApi
  readonly #setting: Setting

  constructor(api: KubernetesApi, setting: Setting) {
    this.#api = api
    this.#setting = setting
  }

  async plan(spec: DeploymentSpec): Promise<readonly Change[]> {
    return planAll(this.#wanted(spec), this.#api)
  }

  async apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied> {
    return this.#apply(this.#wanted(spec), options)
  }

  async list(): Promise<readonly DeploymentStatus[]> {
    const answer = await this.#api.call(collectionPath('Deployment', this.#setting.namespace), {
      query: { labelSelector: `${managedBy}=bento` },
    })
    const found = listAt(requireOk(answer, 'to list Deployments'), 'items').map(statusOf)
    return found.toSorted((a, b) => byCodeUnit(a.name, b.name))
  }

  async get(name: string): Promise<DeploymentStatus> {
    const deployment = await this.#require(name)
    const status = statusOf(deployment)
    const place = { namespace: this.#setting.namespace, name }
    const found = status.reason === null ? undefined : await diagnose(this.#api, deployment, place)
    const revisions = await this.#state(name).revisions()
    return {
      ...status,
      url: await findUrl(this.#api, place),
      reason: found?.reason ?? status.reason,
      revisions: revisions.map(({ objects: _objects, ...summary }) => summary),
    }
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    const deployment = await this.#require(name)
    return readLogs(this.#api, deployment, {
      ...options,
      name,
      namespace: this.#setting.namespace,
      signal: this.#setting.signal,
    })
  }

  /** Applies what an earlier revision was, whole: as a new revision, so that a rollback can be taken back too. */
  async rollback(
    name: string,
    options: ApplyOptions & { readonly revision?: number },
  ): Promise<Applied> {
    await this.#require(name)
    const revisions = await this.#state(name).revisions()
    const { bento, image, objects } = pickRevision(name, revisions, options.revision)
    const { namespace } = this.#setting
    return this.#apply({ name, namespace, bento, image, objects }, options)
  }

  async delete(name: string, options: { readonly wait: boolean }): Promise<readonly string[]> {
    const { namespace, report } = this.#setting
    const owned = await listOwned(this.#api, namespace, name)
    const history = await this.#state(name).revisions()
    if (owned.length === 0 && history.length === 0) throw notFound(name, namespace)
    for (const one of owned) {
      report(`Removing ${one.kind}/${one.name}`)
      await removeObject(this.#api, namespace, one)
    }
    // Last, so that an interrupted delete still knows what it was about.
    await this.#state(name).remove()
    if (options.wait) await this.#waitUntilGone(name)
    return owned.map((one: Reference) => `${one.kind}/${one.name}`)
  }

  close(): void {
    this.#api.close()
  }

  #wanted(spec: DeploymentSpec): Wanted {
    const { name, bento } = spec
    const image = requireImage(spec)
    const { namespace } = this.#setting
    return { name, namespace, bento: bento ?? null, image, objects: renderObjects(spec) }
  }

  async #apply(wanted: Wanted, options: ApplyOptions): Promise<Applied> {
    const { force, wait } = options
    const done = await applyAll(wanted, {
      ...this.#setting,
      api: this.#api,
      force,
      now: currentDate,
    })
    if (wait) await this.#wait(wanted.name, done.revision, options)
    return { name: wanted.name, ...done, status: await this.get(wanted.name) }
  }

  async #wait(name: string, revision: number, { timeoutSeconds }: ApplyOptions): Promise<void> {
    const state = this.#state(name)
    const { namespace } = this.#setting
    const hint = hintFor(`${name} --namespace ${namespace}`, revision, await state.revisions())
    const options = { ...this.#setting, name, revision, timeoutSeconds, hint, pollMs }
    try {
      await waitForRollout(this.#api, options)
    } catch (error) {
      if (this.#setting.signal?.aborted !== true) await state.setStatus(revision, 'failed')
      throw error
    }
    await state.setStatus(revision, 'deployed')
  }

  async #waitUntilGone(name: string): Promise<void> {
    for (;;) {
      requireGoing(this.#setting.signal)
      const query = { labelSelector: `${managedBy}=bento,app.kubernetes.io/instance=${name}` }
      const path = collectionPath('pods', this.#setting.namespace)
      const answer = await this.#api.call(path, { query })
      // Who may delete need not see pods, and what was to be deleted is.
      if (answer.status === 403) return this.#setting.report('Not waiting: pods may not be seen')
      const pods = listAt(requireOk(answer, 'to list pods'), 'items')
      if (pods.length === 0) return
      this.#setting.report(`Waiting for ${pods.length} pods to end`)
      await sleep(pollMs)
    }
  }

  #state(name: string): DeploymentState {
    return new DeploymentState(this.#api, { name, namespace: this.#setting.namespace })
  }

  async #require(name: string): Promise<unknown> {
    const { namespace } = this.#setting
    const path = `${collectionPath('Deployment', namespace)}/${encodeURIComponent(name)}`
    const answer = await this.#api.call(path)
    if (answer.status === 404 && !isUnknownKind(answer)) throw notFound(name, namespace)
    const deployment = requireOk(answer, `to show Deployment/${name}`)
    if (!isOurs(deployment)) throw notFound(name, namespace)
    return deployment
  }
}

function currentDate(): Date {
  return new Date()
}

function notFound(name: string, namespace: string): BentoError {
  return new BentoError(
    'DEPLOYMENT_NOT_FOUND',
    `There is no deployment "${name}" in the namespace "${namespace}"`,
    {
      hint: 'Run `bento deployment list` to see what there is; --namespace and --context say where.',
    },
  )
}

/** The one that was asked for, or the last that ran before the newest. */
function pickRevision(
  name: string,
  revisions: readonly Revision[],
  wanted: number | undefined,
): Revision {
  const found =
    wanted === undefined
      ? lastGood(revisions.slice(0, -1))
      : revisions.find(({ revision }) => revision === wanted)
  if (found !== undefined) return found
  const known = revisions.map(({ revision }) => revision).join(', ')
  const which = wanted === undefined ? 'revision to go back to' : `revision ${wanted}`
  throw new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no ${which}`, {
    hint: known === '' ? 'Deploy it again.' : `Name one with --revision; there are ${known}.`,
  })
}

// What was deployed with --no-wait may run just as well; it is second choice.
function lastGood(revisions: readonly Revision[]): Revision | undefined {
  return (
    revisions.findLast(({ status }) => status === 'deployed') ??
    revisions.findLast(({ status }) => status === 'superseded')
  )
}

function hintFor(which: string, revision: number, revisions: readonly Revision[]): string {
  const before = lastGood(revisions.filter((one) => one.revision < revision))
  return before === undefined
    ? `Correct it and deploy again, or take it away with \`bento deployment delete ${which}\`.`
    : `Correct it and deploy again, or run \`bento deployment rollback ${which}\` to go back to revision ${before.revision}.`
}
