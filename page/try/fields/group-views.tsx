import type { JSX } from 'preact'
import type { Entry, FieldOf, RecordRow } from '../field.ts'
import { Labelled } from './labelled.tsx'
import { type FieldProps, idOf } from './place.ts'

export function ObjectView({ field, at, onChange }: FieldProps<FieldOf<'object'>>): JSX.Element {
  const set = (index: number, entry: Entry): void =>
    onChange({ ...field, entries: field.entries.with(index, entry) })
  return (
    <div class="entries">
      {field.entries.map((entry, index) => (
        <Labelled
          key={entry.name}
          label={entry.name}
          field={entry.field}
          at={[...at, entry.name]}
          instead={entry.isSet ? undefined : leftOut(entry)}
          extra={
            !entry.isRequired && <SetBox entry={entry} at={at} set={(one) => set(index, one)} />
          }
          onChange={(inner) => set(index, { ...entry, field: inner })}
        />
      ))}
    </div>
  )
}

interface SetBoxProps {
  readonly entry: Entry
  readonly at: FieldProps['at']
  readonly set: (entry: Entry) => void
}

/** What is optional is sent only when it is asked for: an empty text is a text. */
function SetBox({ entry, at, set }: SetBoxProps): JSX.Element {
  const id = `${idOf([...at, entry.name])}-set`
  return (
    <label class="set" for={id}>
      <input
        id={id}
        type="checkbox"
        aria-label={`Send ${entry.name}`}
        checked={entry.isSet}
        onChange={({ currentTarget }) => set({ ...entry, isSet: currentTarget.checked })}
      />
      send
    </label>
  )
}

function leftOut({ field: { schema } }: Entry): string {
  if (!('default' in schema)) return 'Left out'
  return `Left out: ${JSON.stringify(schema['default'])} by default`
}

export function ListView({ field, at, onChange }: FieldProps<FieldOf<'list'>>): JSX.Element {
  const { items, create } = field
  const remove = (index: number): void => onChange({ ...field, items: items.toSpliced(index, 1) })
  return (
    <div class="entries">
      {items.map((item, index) => (
        <Labelled
          key={index}
          label={String(index)}
          field={item}
          at={[...at, index]}
          extra={create && <Remove name={`item ${index}`} remove={() => remove(index)} />}
          onChange={(inner) => onChange({ ...field, items: items.with(index, inner) })}
        />
      ))}
      {create && (
        <button
          type="button"
          class="quiet"
          onClick={() => onChange({ ...field, items: [...items, items.at(-1) ?? create()] })}
        >
          Add an item
        </button>
      )}
    </div>
  )
}

export function RecordView({ field, at, onChange }: FieldProps<FieldOf<'record'>>): JSX.Element {
  const { rows, create } = field
  const set = (index: number, row: RecordRow): void =>
    onChange({ ...field, rows: rows.with(index, row) })
  return (
    <div class="entries">
      {rows.map((row, index) => (
        <div class="row" key={index}>
          <input
            aria-label={`Key ${index}`}
            value={row.key}
            onInput={({ currentTarget }) => set(index, { ...row, key: currentTarget.value })}
          />
          <Labelled
            label={row.key}
            field={row.field}
            at={[...at, row.key]}
            extra={
              <Remove
                name={row.key}
                remove={() => onChange({ ...field, rows: rows.toSpliced(index, 1) })}
              />
            }
            onChange={(inner) => set(index, { ...row, field: inner })}
          />
        </div>
      ))}
      <button
        type="button"
        class="quiet"
        onClick={() =>
          onChange({ ...field, rows: [...rows, { key: `key${rows.length}`, field: create() }] })
        }
      >
        Add a key
      </button>
    </div>
  )
}

export function EitherView({ field, at, onChange }: FieldProps<FieldOf<'either'>>): JSX.Element {
  const choose = (index: number): void => {
    const option = field.options[index]
    if (option) onChange({ ...field, at: index, field: option.create() })
  }
  const label = field.options[field.at]?.label ?? ''
  return (
    <div class="entries">
      <select
        aria-label="Kind"
        value={String(field.at)}
        onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
      >
        {field.options.map((option, index) => (
          <option value={String(index)}>{option.label}</option>
        ))}
      </select>
      <Labelled
        label={label}
        field={field.field}
        at={at}
        onChange={(inner) => onChange({ ...field, field: inner })}
      />
    </div>
  )
}

function Remove({
  name,
  remove,
}: {
  readonly name: string
  readonly remove: () => void
}): JSX.Element {
  return (
    <button type="button" class="quiet" aria-label={`Remove ${name}`} onClick={remove}>
      ✕
    </button>
  )
}
