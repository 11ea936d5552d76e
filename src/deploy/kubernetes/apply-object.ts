import { textAt } from '../../lib/records.ts'
import { conflictsOf, type Conflict, isUnknownKind, refused, unknownKind } from './api-errors.ts'
import type { Answer, KubernetesApi } from './api.ts'
import { pathOf } from './kinds.ts'
import { managedBy } from './labels.ts'
import { type KubernetesObject, labelOf } from './object.ts'

export const fieldManager = 'bento'

export interface ApplyObjectOptions {
  readonly namespace: string
  readonly dryRun: boolean
  readonly force: boolean
  readonly manager?: string
}

export type ApplyResult =
  | { readonly object: unknown; readonly conflicts?: undefined }
  | { readonly object?: undefined; readonly conflicts: readonly Conflict[] }

/** Server-side apply: what we render is ours, what others have set besides stays. */
export async function applyObject(
  api: KubernetesApi,
  object: KubernetesObject,
  options: ApplyObjectOptions,
): Promise<ApplyResult> {
  const { namespace, dryRun, force, manager } = options
  const answer: Answer = await api.call(pathOf(object, namespace), {
    method: 'PATCH',
    contentType: 'application/apply-patch+yaml',
    query: {
      fieldManager: manager ?? fieldManager,
      fieldValidation: 'Strict',
      force: String(force),
      ...(dryRun ? { dryRun: 'All' } : {}),
    },
    body: { ...object, metadata: { ...object.metadata, namespace } },
  })
  if (answer.status < 300) return { object: answer.body }
  const conflicts = conflictsOf(answer)
  if (conflicts.length > 0) return { conflicts }
  throw refused(answer, labelOf(object))
}

/** What is there under the object's name; undefined when nothing is. */
export async function findLive(
  api: KubernetesApi,
  object: KubernetesObject,
  namespace: string,
): Promise<unknown> {
  const answer = await api.call(pathOf(object, namespace))
  if (answer.status < 300) return answer.body
  if (isUnknownKind(answer)) throw unknownKind(object.kind)
  if (answer.status === 404) return undefined
  throw refused(answer, `to show ${labelOf(object)}`)
}

export function isOurs(live: unknown): boolean {
  return textAt(live, 'metadata', 'labels', managedBy) === 'bento'
}
