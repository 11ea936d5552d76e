import type { JSX, TargetedDragEvent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { FieldOf } from '../field.ts'
import { type FieldProps, useControl } from './place.ts'

/** Files are chosen, or dropped upon it. */
export function FileView({ field, at, onChange }: FieldProps<FieldOf<'file'>>): JSX.Element {
  const [isOver, setIsOver] = useState(false)
  const control = useControl(at)
  const take = (given: FileList | null | undefined): void => {
    const files = [...(given ?? [])]
    if (files.length > 0) onChange({ ...field, files: field.isMany ? files : files.slice(0, 1) })
  }
  const drop = (event: TargetedDragEvent<HTMLElement>): void => {
    event.preventDefault()
    setIsOver(false)
    take(event.dataTransfer?.files)
  }
  return (
    <div
      class={`drop${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <label for={control.id}>Choose {field.isMany ? 'files' : 'a file'}, or drop here</label>
      <input
        {...control}
        type="file"
        accept={field.accept}
        multiple={field.isMany}
        onChange={({ currentTarget }) => take(currentTarget.files)}
      />
      {field.files.map((file) => (
        <Chosen file={file} />
      ))}
    </div>
  )
}

function Chosen({ file }: { readonly file: File }): JSX.Element {
  const url = useObjectUrl(file)
  return (
    <figure>
      {file.type.startsWith('image/') && <img src={url} alt={`The chosen ${file.name}`} />}
      <figcaption>
        {file.name}, {file.size} bytes
      </figcaption>
    </figure>
  )
}

/** Freed when nobody looks at it any more. */
export function useObjectUrl(blob: Blob): string {
  const [url, setUrl] = useState('')
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return url
}
