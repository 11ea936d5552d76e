import type { ComponentChildren, JSX } from 'preact'
import { useContext } from 'preact/hooks'
import type { Field } from '../field.ts'
import { textOf } from '../schema.ts'
import { Controls, type FieldProps, idOf, type Place, useProblems } from './place.ts'

const groups: ReadonlySet<Field['type']> = new Set(['object', 'list', 'record', 'either', 'file'])

interface LabelledProps extends FieldProps {
  readonly label: string
  /** Beside the label. */
  readonly extra?: ComponentChildren
  /** Shown in place of the control. */
  readonly instead?: string | undefined
}

/** A field with its name, what it means, and what is wrong with it. */
export function Labelled({ label, extra, instead, ...props }: LabelledProps): JSX.Element {
  const { field, at } = props
  const Control = useContext(Controls)
  const notes = <Notes field={field} at={at} />
  const control = instead === undefined ? <Control {...props} /> : <p class="left-out">{instead}</p>
  if (groups.has(field.type) || instead !== undefined) {
    return (
      <div role="group" class="field group" aria-labelledby={`${idOf(at)}-label`}>
        <div class="label">
          <span id={`${idOf(at)}-label`}>{label}</span> <Kind field={field} />
          {extra}
        </div>
        {control}
        {notes}
      </div>
    )
  }
  return (
    <div class="field">
      <div class="label">
        <label for={idOf(at)}>{label}</label> <Kind field={field} />
        {extra}
      </div>
      {control}
      {notes}
    </div>
  )
}

function Kind({ field }: { readonly field: Field }): JSX.Element {
  return <span class="kind">{kindText(field)}</span>
}

function kindText(field: Field): string {
  const { type, schema } = field
  if (type === 'json') return field.hint
  if (type === 'number') return [textOf(schema['type']), bounds(schema)].join(' ').trim()
  if (type === 'file') return [field.accept, field.isMany ? 'files' : 'file'].join(' ').trim()
  if (type === 'text') return textOf(schema['format']) || 'text'
  const names = { flag: 'true or false', choice: 'one of', object: '', list: 'list' }
  return type === 'record' || type === 'either' ? '' : names[type]
}

function bounds({ minimum, maximum }: Field['schema']): string {
  const low = isBound(minimum) ? `from ${minimum}` : ''
  const high = isBound(maximum) ? `to ${maximum}` : ''
  return `${low} ${high}`.trim()
}

/** The bounds of what JavaScript can count are no bounds that anybody set. */
function isBound(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER
}

function Notes({ field, at }: { readonly field: Field; readonly at: Place }): JSX.Element {
  const problems = useProblems(at)
  const text = textOf(field.schema['description'])
  return (
    <div id={`${idOf(at)}-notes`} class="notes">
      {text !== '' && <p>{text}</p>}
      {problems.map((problem) => (
        <p class="problem">{problem}</p>
      ))}
    </div>
  )
}
