import type { JSX } from 'preact'
import { FileView } from './file-view.tsx'
import { EitherView, ListView, ObjectView, RecordView } from './group-views.tsx'
import { ChoiceView, FlagView, JsonView, NumberView, TextView } from './leaf-views.tsx'
import type { FieldProps } from './place.ts'

/** The control of a field, whatever its kind. */
export function FieldView({ field, ...props }: FieldProps): JSX.Element {
  if (field.type === 'text') return <TextView field={field} {...props} />
  if (field.type === 'number') return <NumberView field={field} {...props} />
  if (field.type === 'json') return <JsonView field={field} {...props} />
  if (field.type === 'flag') return <FlagView field={field} {...props} />
  if (field.type === 'choice') return <ChoiceView field={field} {...props} />
  return <GroupView field={field} {...props} />
}

type LeafType = 'text' | 'number' | 'json' | 'flag' | 'choice'

function GroupView({
  field,
  ...props
}: FieldProps<Exclude<FieldProps['field'], { readonly type: LeafType }>>): JSX.Element {
  if (field.type === 'file') return <FileView field={field} {...props} />
  if (field.type === 'object') return <ObjectView field={field} {...props} />
  if (field.type === 'list') return <ListView field={field} {...props} />
  if (field.type === 'record') return <RecordView field={field} {...props} />
  return <EitherView field={field} {...props} />
}
