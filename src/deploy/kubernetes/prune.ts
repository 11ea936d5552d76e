import { listAt, textAt } from '../../lib/records.ts'
import { requireOk } from './api-errors.ts'
import type { KubernetesApi } from './api.ts'
import { collectionPath, kindNames } from './kinds.ts'
import { selectorOf } from './labels.ts'

/** One object that is there, by kind and name. */
export interface Reference {
  readonly kind: string
  readonly name: string
}

/** As a label selector of the API. */
export function renderSelector(name: string): string {
  return Object.entries(selectorOf(name))
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Everything of a deployment that is there, whoever has forgotten that it is. */
export async function listOwned(
  api: KubernetesApi,
  namespace: string,
  name: string,
): Promise<Reference[]> {
  const found = await Promise.all(
    kindNames.map(async (kind) => {
      const query = { labelSelector: renderSelector(name) }
      const answer = await api.call(collectionPath(kind, namespace), { query })
      // A kind that the cluster does not know, or that we may not see, holds nothing of ours.
      if (answer.status === 404 || answer.status === 403) return []
      return listAt(requireOk(answer, `to list ${kind}s`), 'items').map((item) => ({
        kind,
        name: textAt(item, 'metadata', 'name') ?? '',
      }))
    }),
  )
  return found.flat()
}

/** Deleting what is gone already succeeds. */
export async function removeObject(
  api: KubernetesApi,
  namespace: string,
  { kind, name }: Reference,
): Promise<void> {
  const answer = await api.call(`${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`, {
    method: 'DELETE',
    query: { propagationPolicy: 'Background' },
  })
  if (answer.status !== 404) requireOk(answer, `to delete ${kind}/${name}`)
}
