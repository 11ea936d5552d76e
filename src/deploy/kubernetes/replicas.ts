import { listAt, numberAt, textAt, valueAt } from '../../lib/records.ts'
import type { Conflict } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { applyObject, fieldManager } from './apply-object.ts'
import { collectionPath } from './kinds.ts'
import type { KubernetesObject } from './object.ts'
import { listOwned, type Reference } from './prune.ts'

interface Place {
  readonly api: KubernetesApi
  readonly namespace: string
}

/** The number of replicas belonged to an autoscaler that goes away with this apply, or that has gone. */
export async function isHandedBack(
  conflicts: readonly Conflict[],
  { kind }: KubernetesObject,
  place: Place & { readonly name: string; readonly isFreed?: boolean },
): Promise<boolean> {
  const isOther = conflicts.some(({ field }) => field !== '.spec.replicas')
  if (kind !== 'Deployment' || isOther) return false
  if (place.isFreed === true) return true
  if (conflicts.every(({ message }) => message.includes(`"${scaledManager}"`))) return true
  const owned = await listOwned(place.api, place.namespace, place.name)
  if (owned.some(isAutoscaler)) return true
  return conflicts.every(({ message }) => message.startsWith(scaler)) && !(await isScaled(place))
}

export function isAutoscaler({ kind }: Pick<Reference, 'kind'>): boolean {
  return autoscalers.has(kind)
}

const autoscalers = new Set(['HorizontalPodAutoscaler', 'ScaledObject'])
const scaledManager = 'bento-scaled'
// What scales for every HorizontalPodAutoscaler.
const scaler = '"kube-controller-manager" with subresource "scale"'

/** Whether anything scales the deployment now. Who may not look is told of the conflict. */
async function isScaled({ api, namespace, name }: Place & { name: string }): Promise<boolean> {
  const answer = await api.call(collectionPath('HorizontalPodAutoscaler', namespace))
  if (answer.status >= 300) return true
  return listAt(answer.body, 'items').some((one) => {
    const scaled = valueAt(one, 'spec', 'scaleTargetRef')
    return textAt(scaled, 'kind') === 'Deployment' && textAt(scaled, 'name') === name
  })
}

/**
 * Leaving `replicas` out gives the number up, and without another owner the API sets it to 1: a service of ten would
 * drop to one until its new autoscaler looks. So the number that is there gets another owner before.
 */
export async function handOverReplicas(
  object: KubernetesObject,
  live: unknown,
  { api, namespace }: Place,
): Promise<void> {
  const replicas = numberAt(live, 'spec', 'replicas')
  if (replicas === undefined || numberAt(object, 'spec', 'replicas') !== undefined) return
  const isStated = listAt(live, 'metadata', 'managedFields').some(
    (entry) =>
      textAt(entry, 'manager') === fieldManager &&
      textAt(entry, 'operation') === 'Apply' &&
      valueAt(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined,
  )
  if (!isStated) return
  const { apiVersion, kind, metadata } = object
  const only = { apiVersion, kind, metadata: { name: metadata.name }, spec: { replicas } }
  await applyObject(api, only, { namespace, dryRun: false, force: true, manager: scaledManager })
}
