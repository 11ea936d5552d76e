import type { OwnFile } from '../io/file-value.ts'
import type { EncodedBody } from './codec.ts'

// Larger ones go out as they are read.
const mostInMemory = 1024 * 1024

export async function encodeFile(file: OwnFile): Promise<EncodedBody> {
  const { type: contentType, size } = file
  const headers = dispositionOf(file)
  if (file.isInMemory || size <= mostInMemory) {
    return { contentType, headers, body: await file.bytes() }
  }
  return {
    contentType,
    headers: { ...headers, 'content-length': String(size) },
    body: read(file),
  }
}

/** Opens the file when it is read, and not before: an answer may come too late to be sent. */
async function* read(file: OwnFile): AsyncIterable<Uint8Array> {
  yield* file.stream()
}

/** As BentoML has it: an image is shown, anything else is saved, where it has a name. */
function dispositionOf({ type, name }: OwnFile): Record<string, string> {
  const disposition = type.startsWith('image/') ? 'inline' : 'attachment'
  if (name === '') return disposition === 'inline' ? {} : { 'content-disposition': disposition }
  return { 'content-disposition': `${disposition}; ${filenameOf(name)}` }
}

/** RFC 6266: what a header cannot hold is in `filename*`, and an underscore in `filename`. */
function filenameOf(name: string): string {
  const plain = name.replace(/[^ !#-[\]-~]/gu, '_')
  if (plain === name) return `filename="${name}"`
  const encoded = encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    percentEncoded,
  )
  return `filename="${plain}"; filename*=UTF-8''${encoded}`
}

function percentEncoded(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}
