import type { JSX } from 'preact'
import type { FieldOf } from '../field.ts'
import { type FieldProps, useControl } from './place.ts'

export function TextView({ field, at, onChange }: FieldProps<FieldOf<'text'>>): JSX.Element {
  const rows = Math.min(8, field.text.split('\n').length + Math.floor(field.text.length / 80))
  return (
    <textarea
      {...useControl(at)}
      rows={Math.max(1, rows)}
      value={field.text}
      onInput={({ currentTarget }) => onChange({ ...field, text: currentTarget.value })}
    />
  )
}

/** No `type=number`: it hides what it does not understand, and rounds what is long. */
export function NumberView({ field, at, onChange }: FieldProps<FieldOf<'number'>>): JSX.Element {
  return (
    <input
      {...useControl(at)}
      inputMode="decimal"
      autocomplete="off"
      value={field.text}
      onInput={({ currentTarget }) => onChange({ ...field, text: currentTarget.value })}
    />
  )
}

export function JsonView({ field, at, onChange }: FieldProps<FieldOf<'json'>>): JSX.Element {
  const lines = field.text.split('\n').length + Math.floor(field.text.length / 70)
  return (
    <textarea
      {...useControl(at)}
      class="code"
      spellcheck={false}
      rows={Math.min(12, Math.max(2, lines))}
      value={field.text}
      onInput={({ currentTarget }) => onChange({ ...field, text: currentTarget.value })}
    />
  )
}

export function FlagView({ field, at, onChange }: FieldProps<FieldOf<'flag'>>): JSX.Element {
  return (
    <input
      {...useControl(at)}
      type="checkbox"
      checked={field.isOn}
      onChange={({ currentTarget }) => onChange({ ...field, isOn: currentTarget.checked })}
    />
  )
}

export function ChoiceView({ field, at, onChange }: FieldProps<FieldOf<'choice'>>): JSX.Element {
  return (
    <select
      {...useControl(at)}
      value={String(field.at)}
      onChange={({ currentTarget }) => onChange({ ...field, at: Number(currentTarget.value) })}
    >
      {field.options.map((option, index) => (
        <option value={String(index)}>
          {typeof option === 'string' ? option : JSON.stringify(option)}
        </option>
      ))}
    </select>
  )
}
