import type { JsonSchema } from '../service/codec/codec.ts'
import { isJsonObject } from '../service/codec/json-schema.ts'
import { ClientError } from './client-error.ts'
import { toJsonText } from './json-text.ts'
import type { WrittenBody } from './write-input.ts'

/** The parameters of a method that are files, bytes or lists of them. */
export function filesOf({ properties }: JsonSchema): ReadonlySet<string> {
  const named = Object.entries(isJsonObject(properties) ? properties : {})
  return new Set(named.filter(([, schema]) => isFileOrFiles(schema)).map(([name]) => name))
}

function isFileOrFiles(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false
  return schema['type'] === 'array' ? isFile(schema['items']) : isFile(schema)
}

/** Also bytes: JSON has no word for either. */
export function isFile(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false
  const { type, format } = schema
  return type === 'file' || (type === 'string' && format === 'binary')
}

/** A form: files as they are, everything else as JSON. */
export function writeForm(input: unknown, files: ReadonlySet<string>): WrittenBody {
  const form = new FormData()
  for (const [name, value] of Object.entries(isJsonObject(input) ? input : {})) {
    if (value === undefined || value === null) continue
    if (!files.has(name)) form.append(name, toJsonText(value))
    else for (const one of [value].flat()) form.append(name, toBlob(one))
  }
  const { headers, body } = new Response(form)
  return { contentType: headers.get('content-type') ?? '', body: bytesOf(body) }
}

/** A body that is a file. */
export function writeFile(input: unknown, contentType: string): WrittenBody {
  const blob = toBlob(input)
  return { contentType: blob.type || contentType, body: bytesOf(blob.stream()) }
}

async function* bytesOf(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array, void> {
  if (body) yield* body
}

/** Asks what it can do, and not its class: a test's realm may have Blobs of its own. */
function toBlob(value: unknown): Blob {
  if (ArrayBuffer.isView(value)) {
    return new Blob([new Uint8Array(value.buffer, value.byteOffset, value.byteLength)])
  }
  if (isBlob(value)) return value
  throw new ClientError('INPUT_INVALID', 'A file is sent as a Blob, a File or bytes')
}

function isBlob(value: unknown): value is Blob {
  return isJsonObject(value) && typeof value['arrayBuffer'] === 'function' && 'size' in value
}
