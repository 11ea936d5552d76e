import type { Change } from '../../deploy/target.ts'
import type { Output } from '../output.ts'

/** What a deploy would change, as a diff. */
export function printPlan(changes: readonly Change[], form: 'default' | 'json', out: Output): void {
  out.settle()
  if (form === 'json') return out.json(changes)
  const shown = changes.filter(({ action }) => action !== 'none')
  for (const { object, action, diff, conflicts } of shown) {
    out.result(`${marks[action]} ${object}`)
    if (diff !== '' && action === 'update') out.result(indent(diff))
    for (const conflict of conflicts) out.warn(`${conflict}, so that this needs --force`)
  }
  const counts = (['create', 'update', 'delete'] as const).map(
    (action) => `${changes.filter((one) => one.action === action).length} to ${action}`,
  )
  out.result(shown.length === 0 ? 'Nothing would change' : `Plan: ${counts.join(', ')}`)
}

const marks = { create: '+', update: '~', delete: '-', none: ' ' } as const

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
