import { listAt, numberAt, textAt, valueAt } from '../../lib/records.ts'
import type { Revision } from '../pick-revision.ts'
import type { DeploymentStatus } from '../target.ts'
import { liveRevision } from './traffic.ts'

export function statusOf(app: unknown, revisions: readonly unknown[]): DeploymentStatus {
  const live = liveRevision(app)
  const running = revisions.find((one) => textAt(one, 'name') === live)
  const reason = failureOf(app) ?? failureOf(running) ?? null
  const ready = numberAt(running, 'properties', 'replicas') ?? 0
  return {
    name: textAt(app, 'name') ?? '',
    bento: bentoOf(app, live),
    image: imageOf(running ?? app),
    status: reason === null ? stateOf(app, running, ready) : 'unhealthy',
    ready: isRunning(running) ? ready : 0,
    replicas: Math.max(ready, leastOf(running ?? app)),
    revision: numberOf(live),
    url: urlOf(app),
    created_at: textAt(app, 'systemData', 'createdAt') ?? '',
    reason,
  }
}

function leastOf(holder: unknown): number {
  return numberAt(holder, 'properties', 'template', 'scale', 'minReplicas') ?? 0
}

function urlOf(app: unknown): string | null {
  const host = textAt(app, 'properties', 'configuration', 'ingress', 'fqdn')
  return host === undefined ? null : `https://${host}`
}

function stateOf(app: unknown, running: unknown, ready: number): DeploymentStatus['status'] {
  if (isChanging(app) || !isRunning(running)) return 'deploying'
  return ready === 0 ? 'scaled-to-zero' : 'running'
}

export function revisionsOf(app: unknown, revisions: readonly unknown[]): readonly Revision[] {
  const live = liveRevision(app)
  const all = revisions.map((one) => {
    const id = textAt(one, 'name') ?? ''
    const rest = failureOf(one) === undefined ? 'superseded' : 'failed'
    return {
      id,
      revision: numberOf(id) ?? 0,
      bento: bentoOf(app, id),
      image: imageOf(one),
      status: id === live ? 'deployed' : rest,
      at: textAt(one, 'properties', 'createdTime') ?? '',
    }
  })
  return all.toSorted((a, b) => a.revision - b.revision)
}

/** Azure keeps the bento with the app, and so only that of the newest revision. */
function bentoOf(app: unknown, revision: string): string | null {
  const isLatest = textAt(app, 'properties', 'latestRevisionName') === revision
  return isLatest ? (textAt(app, 'tags', 'bento') ?? null) : null
}

function imageOf(holder: unknown): string {
  return textAt(listAt(holder, 'properties', 'template', 'containers')[0], 'image') ?? ''
}

/** Of our own `iris--v3`. */
export function numberOf(revision: string): number | null {
  const digits = /--v(\d+)$/.exec(revision)?.[1]
  return digits === undefined ? null : Number(digits)
}

export function isOurs(app: unknown): boolean {
  return textAt(app, 'tags', 'managed-by') === 'bento'
}

/** Whether Azure is still at work on an app. */
export function isChanging(app: unknown): boolean {
  return textAt(app, 'properties', 'provisioningState') === 'InProgress'
}

// What the service says beyond its description, which calls these values open.
const runningStates = new Set(['Running', 'RunningAtMaxScale', 'ScaledToZero'])

export function isRunning(revision: unknown): boolean {
  const state = textAt(revision, 'properties', 'runningState') ?? ''
  const health = textAt(revision, 'properties', 'healthState')
  return runningStates.has(state) && health !== 'Unhealthy'
}

/** Why an app or a revision does not run; undefined when it does, or is on its way. */
export function failureOf(holder: unknown): string | undefined {
  const state = textAt(holder, 'properties', 'provisioningState')
  const running = textAt(holder, 'properties', 'runningState') ?? ''
  if (state !== 'Failed' && running !== 'Failed' && running !== 'ActivationFailed') return undefined
  const error = textAt(holder, 'properties', 'provisioningError')
  return error || (valueAt(holder, 'properties', 'runningState') ? running : 'provisioning failed')
}
