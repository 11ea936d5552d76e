import type { Applied } from '../../deploy/target.ts'
import type { Output } from '../output.ts'

interface PrintAppliedOptions {
  readonly form: 'default' | 'json'
  /** Flags that lead to where it is. */
  readonly at: string
  readonly out: Output
}

/** What a deploy has done, and how to look at it. */
export function printApplied(applied: Applied, { form, at, out }: PrintAppliedOptions): void {
  out.settle()
  if (form === 'json') return out.json(applied)
  const { name, revision, changed, pruned, status } = applied
  const isSame = changed.length + pruned.length === 0
  const which = revision === null ? '' : `, revision ${revision}`
  out.result(`Deployed ${name}${which}${isSame ? ': nothing changed' : ''}`)
  for (const one of changed) out.say(`  applied ${one}`)
  for (const one of pruned) out.say(`  removed ${one}`)
  out.say(`  ${status.ready} of ${status.replicas} replicas are ready`)
  if (status.url !== null) out.say(`  ${status.url}`)
  out.say(
    `Next steps:\n  See it:   bento deployment get ${name}${at}\n  Its log:  bento deployment logs ${name}${at}`,
  )
}
