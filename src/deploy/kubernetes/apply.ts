import { isDeepStrictEqual } from 'node:util'
import { BentoError } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import type { KubernetesApi } from './api.ts'
import { applyObject, findLive, isOurs } from './apply-object.ts'
import { type KubernetesObject, labelOf } from './object.ts'
import { listOwned, type Reference, removeObject } from './prune.ts'
import { handOverReplicas, isAutoscaler, isHandedBack } from './replicas.ts'
import { DeploymentState, type LockTiming, type Revision, withStatus } from './state.ts'

export interface Wanted {
  readonly name: string
  readonly namespace: string
  readonly bento: string | null
  readonly image: string
  readonly objects: readonly KubernetesObject[]
}

export interface ApplySetting {
  readonly api: KubernetesApi
  readonly report: (step: string) => void
  readonly force: boolean
  readonly timing?: LockTiming
  readonly signal?: AbortSignal
  readonly now: () => Date
}

export interface AppliedObjects {
  readonly revision: number
  readonly changed: readonly string[]
  readonly pruned: readonly string[]
}

export const revisionAnnotation = 'bentojs/revision'

/**
 * Makes what is there what is wanted. Everything is tried in a dry run first, so that what the cluster refuses leaves
 * nothing half applied; what an interrupted apply has left, the next one finishes.
 */
export async function applyAll(wanted: Wanted, setting: ApplySetting): Promise<AppliedObjects> {
  const { api, report, timing } = setting
  const { name, namespace } = wanted
  report(`Checking ${name} against the cluster`)
  await tryAll(wanted, setting)
  const state = new DeploymentState(api, { name, namespace, ...(timing && { timing }) })
  return state.locked(async (history) => {
    const revision = nextRevision(history.revisions, wanted)
    const others = withoutDeploying(history.revisions, revision)
    await history.save([...others, entryOf(revision, wanted, setting)])
    // One that goes must not set the number of replicas once more after us.
    const scalers = await prune(wanted, setting, isAutoscaler)
    const changed: string[] = []
    for (const object of wanted.objects) {
      requireGoing(setting.signal)
      await history.renew()
      report(`Applying ${labelOf(object)}`)
      const options = { ...setting, isFreed: scalers.length > 0 }
      if (await applyOne(marked(object, revision), wanted, options)) changed.push(labelOf(object))
    }
    return { revision, changed, pruned: [...scalers, ...(await prune(wanted, setting))] }
  })
}

export function requireGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new BentoError('INTERRUPTED', 'Stopped before it was done', {
    hint: 'Deploy again to finish: what is applied already stays as it is.',
  })
}

/** The same again is the same revision: it only repairs what has drifted. */
function nextRevision(revisions: readonly Revision[], { objects }: Wanted): number {
  const last = revisions.at(-1)
  if (last === undefined) return 1
  const isSame = isDeepStrictEqual(JSON.parse(JSON.stringify(objects)), last.objects)
  return isSame ? last.revision : last.revision + 1
}

function withoutDeploying(revisions: readonly Revision[], revision: number): Revision[] {
  return revisions
    .filter((one) => one.revision !== revision)
    .map((one) => (one.status === 'deploying' ? withStatus(one, 'superseded') : one))
}

function entryOf(
  revision: number,
  { bento, image, objects }: Wanted,
  { now }: ApplySetting,
): Revision {
  return { revision, bento, image, objects, at: now().toISOString(), status: 'deploying' }
}

function marked(object: KubernetesObject, revision: number): KubernetesObject {
  if (object.kind !== 'Deployment') return object
  const annotations = { ...object.metadata.annotations, [revisionAnnotation]: String(revision) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

async function tryAll({ objects, namespace, name }: Wanted, setting: ApplySetting): Promise<void> {
  const lines: string[] = []
  for (const object of objects) {
    const live = await findLive(setting.api, object, namespace)
    if (live !== undefined && !isOurs(live) && !setting.force) throw notOurs(object)
    lines.push(...(await conflictLines(object, { ...setting, namespace, name })))
  }
  if (lines.length > 0) throw conflicting(lines)
}

/** What others own of an object that we are about to apply. */
export async function conflictLines(
  object: KubernetesObject,
  setting: Pick<ApplySetting, 'api' | 'force'> & {
    readonly namespace: string
    readonly name: string
  },
): Promise<string[]> {
  const { api, namespace, force } = setting
  const { conflicts } = await applyObject(api, object, { namespace, dryRun: true, force })
  if (conflicts === undefined || (await isHandedBack(conflicts, object, setting))) return []
  return conflicts.map(({ field, message }) => `${labelOf(object)}${field}: ${message}`)
}

function notOurs(object: KubernetesObject): BentoError {
  return new BentoError('DEPLOY_CONFLICT', `${labelOf(object)} is there already, and not bento's`, {
    hint: 'Choose another --name, or take it over with --force.',
  })
}

function conflicting(lines: readonly string[]): BentoError {
  return new BentoError(
    'DEPLOY_CONFLICT',
    `Others have changed what this would change\n${lines.map((line) => `✖ ${line}`).join('\n')}`,
    { hint: 'Put their change into the deployment.yaml, or overwrite it with --force.' },
  )
}

/** Whether anything changed. */
async function applyOne(
  object: KubernetesObject,
  wanted: Wanted,
  { api, force, isFreed }: ApplySetting & { readonly isFreed: boolean },
): Promise<boolean> {
  const { namespace, name } = wanted
  const before = await findLive(api, object, namespace)
  if (object.kind === 'Deployment') await handOverReplicas(object, before, { api, namespace })
  const options = { namespace, dryRun: false }
  let result = await applyObject(api, object, { ...options, force })
  if (result.conflicts !== undefined) {
    const { conflicts } = result
    if (await isHandedBack(conflicts, object, { api, namespace, name, isFreed })) {
      result = await applyObject(api, object, { ...options, force: true })
    }
    // Somebody came between the dry run and now.
    if (result.conflicts !== undefined) {
      throw conflicting(
        conflicts.map(({ field, message }) => `${labelOf(object)}${field}: ${message}`),
      )
    }
  }
  return versionOf(before) !== versionOf(result.object)
}

function versionOf(object: unknown): string | undefined {
  return textAt(object, 'metadata', 'resourceVersion')
}

async function prune(
  wanted: Wanted,
  { api, report }: ApplySetting,
  isMeant: (one: Reference) => boolean = () => true,
): Promise<string[]> {
  const { namespace, name } = wanted
  const stale = staleOf(wanted, await listOwned(api, namespace, name)).filter(isMeant)
  for (const one of stale) {
    report(`Removing ${one.kind}/${one.name}`)
    await removeObject(api, namespace, one)
  }
  return stale.map((one) => `${one.kind}/${one.name}`)
}

/** What is there of the deployment and no longer rendered. */
export function staleOf({ objects }: Wanted, owned: readonly Reference[]): Reference[] {
  return owned.filter(
    ({ kind, name }) => !objects.some((one) => one.kind === kind && one.metadata.name === name),
  )
}
