import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { numberAt, textAt } from '../../lib/records.ts'
import { requireOk } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { requireGoing, revisionAnnotation } from './apply.ts'
import { conditionOf, diagnose, type Diagnosis } from './diagnose.ts'
import { collectionPath } from './kinds.ts'

export interface RolloutOptions {
  readonly name: string
  readonly namespace: string
  readonly revision: number
  readonly timeoutSeconds: number
  readonly report: (step: string) => void
  readonly signal?: AbortSignal
  readonly pollMs: number
  /** Appended to a failure: how to get back. */
  readonly hint: string
}

// Quota that is full may come free when old pods have ended, so it is given some time.
const patienceMs = 15_000

/** Waits until every replica is of this revision and ready. Throws with the reason when that will not be. */
export async function waitForRollout(api: KubernetesApi, options: RolloutOptions): Promise<void> {
  const startedAt = performance.now()
  let stuckSince: number | undefined
  for (;;) {
    requireGoing(options.signal)
    const deployment = await readDeployment(api, options)
    requireOwnRevision(deployment, options)
    const progress = progressOf(deployment)
    if (progress.isDone) return
    options.report(`Waiting for ${options.name}: ${progress.text}`)
    const now = performance.now()
    stuckSince = isStuck(deployment) ? (stuckSince ?? now) : undefined
    const found = await diagnose(api, deployment, options)
    requireHope({ deployment, progress, found, stuckMs: now - (stuckSince ?? now) }, options)
    const leftMs = startedAt + options.timeoutSeconds * 1000 - now
    if (leftMs <= 0) throw timedOut(found?.reason ?? progress.text, options)
    await sleep(Math.min(options.pollMs, leftMs))
  }
}

interface Look {
  readonly deployment: unknown
  readonly progress: Progress
  readonly found: Diagnosis | undefined
  /** For how long no pod could be made. */
  readonly stuckMs: number
}

/** Throws when waiting any longer will not help. */
function requireHope(
  { deployment, progress, found, stuckMs }: Look,
  options: RolloutOptions,
): void {
  // Before the cluster has seen what was applied, the newest pods are still those of the revision before.
  if (progress.isSeen && found?.isFatal) throw failed(found.reason, options)
  if (stuckMs > patienceMs) throw failed(found?.reason ?? progress.text, options)
  // The condition may still be that of the generation before.
  if (progress.isSeen && isDeadlineOver(deployment)) {
    throw failed(neverReady(deployment, found), options)
  }
}

async function readDeployment(
  api: KubernetesApi,
  { namespace, name }: RolloutOptions,
): Promise<unknown> {
  const answer = await api.call(`${collectionPath('Deployment', namespace)}/${name}`)
  if (answer.status === 404) throw superseded({ namespace, name }, 'deleted it')
  return requireOk(answer, `to show Deployment/${name}`)
}

function requireOwnRevision(deployment: unknown, options: RolloutOptions): void {
  const now = textAt(deployment, 'metadata', 'annotations', revisionAnnotation)
  if (now === String(options.revision)) return
  throw superseded(options, `put revision ${now ?? '?'} in its place`)
}

function superseded(
  { namespace, name }: Pick<RolloutOptions, 'namespace' | 'name'>,
  what: string,
): BentoError {
  return new BentoError('DEPLOY_CONFLICT', `While "${name}" was waited for, somebody ${what}`, {
    hint: `Run \`bento deployment get ${name} --namespace ${namespace}\` to see what runs.`,
  })
}

export interface Progress {
  /** Whether the cluster has taken note of what was applied last. */
  readonly isSeen: boolean
  readonly isDone: boolean
  readonly text: string
  readonly ready: number
  readonly replicas: number
}

/**
 * As `kubectl rollout status` judges it, but for one thing: pods that a smaller number leaves over are
 * waited for too, or the answer would tell of more replicas than were asked for.
 */
export function progressOf(deployment: unknown): Progress {
  const count = (key: string): number => numberAt(deployment, 'status', key) ?? 0
  const replicas = numberAt(deployment, 'spec', 'replicas') ?? 1
  const [updated, available, all] = [
    count('updatedReplicas'),
    count('availableReplicas'),
    count('replicas'),
  ]
  const isSeen =
    count('observedGeneration') >= (numberAt(deployment, 'metadata', 'generation') ?? 0)
  const isDone = isSeen && updated >= replicas && all <= replicas && available >= updated
  const text = isSeen
    ? describe({ replicas, updated, available, all })
    : 'the cluster has not seen it yet'
  return { isSeen, isDone, text, ready: count('readyReplicas'), replicas }
}

interface Counts {
  readonly replicas: number
  readonly updated: number
  readonly available: number
  readonly all: number
}

function describe({ replicas, updated, available, all }: Counts): string {
  if (updated < replicas) return `${updated} of ${replicas} replicas are updated`
  if (all > replicas) return `${all - replicas} surplus replicas are ending`
  return `${available} of ${updated} replicas are ready`
}

function isDeadlineOver(deployment: unknown): boolean {
  return textAt(conditionOf(deployment, 'Progressing'), 'reason') === 'ProgressDeadlineExceeded'
}

function isStuck(deployment: unknown): boolean {
  return textAt(conditionOf(deployment, 'ReplicaFailure'), 'status') === 'True'
}

function neverReady(deployment: unknown, found: Diagnosis | undefined): string {
  const seconds = numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600
  return `No progress for ${seconds} s. ${found?.reason ?? progressOf(deployment).text}`
}

function failed(reason: string, { name, revision, hint }: RolloutOptions): BentoError {
  return new BentoError(
    'DEPLOY_FAILED',
    `Revision ${revision} of "${name}" does not run: ${reason}`,
    { hint },
  )
}

function timedOut(
  reason: string,
  { name, revision, timeoutSeconds, hint }: RolloutOptions,
): BentoError {
  return new BentoError(
    'DEPLOY_TIMEOUT',
    `Revision ${revision} of "${name}" does not run after ${timeoutSeconds} s: ${reason}`,
    { hint },
  )
}
