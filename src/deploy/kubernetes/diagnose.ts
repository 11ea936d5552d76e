import { listAt, numberAt, textAt, valueAt } from '../../lib/records.ts'
import { isForbidden, requireOk } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { collectionPath } from './kinds.ts'
import { renderSelector } from './prune.ts'

/** Why a rollout does not get on, in the cluster's own words. */
export interface Diagnosis {
  readonly reason: string
  /** Waiting longer will not help. */
  readonly isFatal: boolean
}

interface Place {
  readonly namespace: string
  readonly name: string
}

// Reasons of a waiting container that only a change can end, or so rarely anything else that nobody should wait.
const fatalReasons = new Set([
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
])

/** What is wrong with the newest pods of a Deployment; undefined when nothing is to be seen yet. */
export async function diagnose(
  api: KubernetesApi,
  deployment: unknown,
  place: Place,
): Promise<Diagnosis | undefined> {
  const failure = conditionOf(deployment, 'ReplicaFailure')
  if (textAt(failure, 'status') === 'True') {
    return { reason: `No pod can be made: ${textAt(failure, 'message') ?? ''}`, isFatal: false }
  }
  try {
    return await diagnosePods(api, deployment, place)
  } catch (error) {
    // Who may deploy need not see pods; what a Deployment says of itself is enough to wait for it.
    if (isForbidden(error)) return { reason: `Nothing says why: ${error.message}`, isFatal: false }
    throw error
  }
}

async function diagnosePods(
  api: KubernetesApi,
  deployment: unknown,
  place: Place,
): Promise<Diagnosis | undefined> {
  const pods = await newestPods(api, deployment, place)
  for (const pod of pods) {
    const found = await diagnosePod(api, pod, place)
    if (found !== undefined) return found
  }
  return undefined
}

export function conditionOf(object: unknown, type: string): unknown {
  return listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === type)
}

const hashLabel = 'pod-template-hash'
const revisionLabel = 'deployment.kubernetes.io/revision'

/** The pods of the revision that is rolling out: those of the ones before may fail for reasons of their own. */
export async function newestPods(
  api: KubernetesApi,
  deployment: unknown,
  { namespace, name }: Place,
): Promise<readonly unknown[]> {
  const base = collectionPath('Deployment', namespace).replace('/deployments', '/replicasets')
  const query = { labelSelector: renderSelector(name) }
  const sets = listAt(requireOk(await api.call(base, { query }), 'to list ReplicaSets'), 'items')
  const revision = textAt(deployment, 'metadata', 'annotations', revisionLabel)
  const newest = sets.find(
    (set) => textAt(set, 'metadata', 'annotations', revisionLabel) === revision,
  )
  const hash = textAt(newest, 'metadata', 'labels', hashLabel)
  if (hash === undefined) return []
  const labelSelector = `${renderSelector(name)},${hashLabel}=${hash}`
  const answer = await api.call(collectionPath('pods', namespace), { query: { labelSelector } })
  return listAt(requireOk(answer, 'to list pods'), 'items')
}

async function diagnosePod(
  api: KubernetesApi,
  pod: unknown,
  place: Place,
): Promise<Diagnosis | undefined> {
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (textAt(scheduled, 'status') === 'False') {
    return { reason: `No node takes a pod: ${textAt(scheduled, 'message') ?? ''}`, isFatal: false }
  }
  const container = listAt(pod, 'status', 'containerStatuses').find(
    (one) => valueAt(one, 'ready') !== true,
  )
  if (container === undefined) return undefined
  const waiting = valueAt(container, 'state', 'waiting')
  const reason = textAt(waiting, 'reason')
  if (reason !== undefined && fatalReasons.has(reason)) {
    const lines = reason === 'CrashLoopBackOff' ? await lastLines(api, pod, place) : ''
    return { reason: `${describe(container, reason)}${lines}`, isFatal: true }
  }
  const event = await lastWarning(api, pod, place)
  if (event === undefined) return undefined
  return { reason: `A pod is not ready: ${event}`, isFatal: false }
}

function describe(container: unknown, reason: string): string {
  const image = textAt(container, 'image') ?? ''
  const message = textAt(container, 'state', 'waiting', 'message')
  if (reason !== 'CrashLoopBackOff') return `${reason} of ${image}${message ? `: ${message}` : ''}`
  const exit = numberAt(container, 'lastState', 'terminated', 'exitCode')
  const why = textAt(container, 'lastState', 'terminated', 'reason')
  const ended = exit === undefined ? '' : `: it ended with ${exit}${why ? ` (${why})` : ''}`
  return `${reason} of ${image}${ended}, ${numberAt(container, 'restartCount') ?? 0} restarts`
}

/** The last words of the container that crashed, indented; empty where the cluster keeps none. */
async function lastLines(api: KubernetesApi, pod: unknown, { namespace }: Place): Promise<string> {
  const name = textAt(pod, 'metadata', 'name') ?? ''
  const path = `${collectionPath('pods', namespace)}/${name}/log`
  for (const previous of ['true', 'false']) {
    const { status, body } = await api.call(path, { query: { tailLines: '10', previous } })
    if (status === 200 && typeof body === 'string' && body.trim() !== '') {
      return `\n${body
        .trimEnd()
        .split('\n')
        .map((line) => `  | ${line}`)
        .join('\n')}`
    }
  }
  return ''
}

async function lastWarning(
  api: KubernetesApi,
  pod: unknown,
  { namespace }: Place,
): Promise<string | undefined> {
  const name = textAt(pod, 'metadata', 'name') ?? ''
  const fieldSelector = `involvedObject.name=${name},type=Warning`
  const { status, body } = await api.call(collectionPath('events', namespace), {
    query: { fieldSelector },
  })
  if (status !== 200) return undefined
  const event = listAt(body, 'items').at(-1)
  return textAt(event, 'message')
}
