import { BentoError } from '../errors.ts'
import type { DeploymentStatus } from './target.ts'

/** A revision, under the name that its target has for it. */
export type Revision = NonNullable<DeploymentStatus['revisions']>[number] & { readonly id: string }

/** The revision to go back to: the one that is asked for, or the last whole one before what runs. */
export function pickRevision(
  name: string,
  revisions: readonly Revision[],
  { wanted, live }: { readonly wanted: number | undefined; readonly live: number | null },
): Revision {
  const found =
    wanted === undefined
      ? revisions.findLast(({ revision, status }) => revision < (live ?? 0) && status !== 'failed')
      : revisions.find(({ revision }) => revision === wanted)
  if (found !== undefined) return found
  const known = revisions.map(({ revision }) => revision).join(', ')
  const which = wanted === undefined ? 'revision to go back to' : `revision ${wanted}`
  throw new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no ${which}`, {
    hint: `Name one with --revision; there are ${known}.`,
  })
}
