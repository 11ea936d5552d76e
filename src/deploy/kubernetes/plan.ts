import { isRecord, textAt } from '../../lib/records.ts'
import { renderDiff } from '../diff.ts'
import type { Change } from '../target.ts'
import type { KubernetesApi } from './api.ts'
import { applyObject, findLive } from './apply-object.ts'
import { conflictLines, revisionAnnotation, staleOf, type Wanted } from './apply.ts'
import { type KubernetesObject, labelOf } from './object.ts'
import { listOwned } from './prune.ts'
import { toYaml } from './to-yaml.ts'

/** What an apply would change, by the cluster's own dry run. */
export async function planAll(wanted: Wanted, api: KubernetesApi): Promise<Change[]> {
  const changes: Change[] = []
  for (const object of wanted.objects) changes.push(await planObject(object, wanted, api))
  const owned = await listOwned(api, wanted.namespace, wanted.name)
  for (const { kind, name } of staleOf(wanted, owned)) {
    changes.push({ object: `${kind}/${name}`, action: 'delete', diff: '', conflicts: [] })
  }
  return changes
}

async function planObject(
  object: KubernetesObject,
  { name, namespace }: Wanted,
  api: KubernetesApi,
): Promise<Change> {
  const live = await findLive(api, object, namespace)
  const planned = keepRevision(object, live)
  const conflicts = await conflictLines(planned, { api, namespace, name, force: false })
  const forced = await applyObject(api, planned, { namespace, dryRun: true, force: true })
  const before = live === undefined ? '' : await toYaml(withoutNoise(live))
  const diff = renderDiff(before, await toYaml(withoutNoise(forced.object)))
  if (live === undefined) return { object: labelOf(object), action: 'create', diff, conflicts }
  return { object: labelOf(object), action: diff === '' ? 'none' : 'update', diff, conflicts }
}

/** The number of the revision is not a change that anybody wants to read of. */
function keepRevision(object: KubernetesObject, live: unknown): KubernetesObject {
  const revision = textAt(live, 'metadata', 'annotations', revisionAnnotation)
  if (revision === undefined) return object
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: revision }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

const noise = new Set([
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'selfLink',
])

// What the cluster writes itself, and changes at each write.
function withoutNoise(object: unknown): unknown {
  if (!isRecord(object)) return object
  const { status: _status, metadata, ...rest } = object
  const kept = Object.entries(isRecord(metadata) ? metadata : {}).filter(([key]) => !noise.has(key))
  const { apiVersion, kind, ...others } = rest
  return { apiVersion, kind, metadata: Object.fromEntries(kept), ...others }
}
