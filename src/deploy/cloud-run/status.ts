import { listAt, numberAt, textAt, valueAt } from '../../lib/records.ts'
import type { DeploymentStatus } from '../target.ts'
import { conditionOf } from './operations.ts'

export const bentoAnnotation = 'bentojs/bento'

export function statusOf(service: unknown): DeploymentStatus {
  const reason = conditionOf(service) ?? null
  const isReconciling = valueAt(service, 'reconciling') === true
  const working = isReconciling ? 'deploying' : 'running'
  const status = reason === null ? working : 'unhealthy'
  return {
    name: lastPart(textAt(service, 'name')),
    bento: textAt(service, 'annotations', bentoAnnotation) ?? null,
    image: imageOf(service),
    status,
    ready: status === 'running' ? 1 : 0,
    replicas: 1,
    revision: numberOf(liveRevision(service)),
    url: textAt(service, 'uri') ?? null,
    created_at: textAt(service, 'createTime') ?? '',
    reason,
  }
}

/** The name of the revision that has most of the traffic. */
export function liveRevision(service: unknown): string {
  const shares = [...listAt(service, 'trafficStatuses')].toSorted(
    (a, b) => (numberAt(b, 'percent') ?? 0) - (numberAt(a, 'percent') ?? 0),
  )
  const [most] = shares
  return lastPart(textAt(most, 'revision') ?? textAt(service, 'latestReadyRevision'))
}

/** Whether the newest revision that works has all of the traffic. */
export function isNewestLive(service: unknown): boolean {
  const isAlone = listAt(service, 'trafficStatuses').length < 2
  return isAlone && liveRevision(service) === lastPart(textAt(service, 'latestReadyRevision'))
}

export function imageOf(holder: unknown): string {
  const containers = [...listAt(holder, 'template', 'containers'), ...listAt(holder, 'containers')]
  return textAt(containers[0], 'image') ?? ''
}

/** `iris-00003-abc` is the third. */
export function numberOf(revision: string): number | null {
  const digits = /-(\d{5})-[a-z0-9]+$/.exec(revision)?.[1]
  return digits === undefined ? null : Number(digits)
}

export function lastPart(name = ''): string {
  return name.split('/').at(-1) ?? ''
}

export function isOurs(service: unknown): boolean {
  return textAt(service, 'labels', 'managed-by') === 'bento'
}
