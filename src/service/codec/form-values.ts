import type { JsonSchema } from './codec.ts'
import type { FormPart } from './form.ts'
import type { JsonReader } from './json-reader.ts'
import type { Kind } from './kinds.ts'
import { readText } from './media-types.ts'
import { readTensorBytes } from './tensor-body.ts'

interface Field {
  readonly kind: Kind
  readonly schema: JsonSchema
  readonly parse: JsonReader
}

/**
 * What the parts of one field say. As in BentoML, of a file that came several times the first counts, of a value the
 * last; a value is JSON, or else a string.
 */
export async function valueOf(
  { kind, schema, parse }: Field,
  parts: readonly FormPart[],
): Promise<unknown> {
  if (kind === 'files') return Promise.all(parts.map(fileOf))
  const [first, last] = [parts[0], parts.at(-1)]
  if (!first || !last) return undefined
  if (kind === 'file') return fileOf(first)
  const content = await last.content.bytes()
  if (kind === 'bytes') return content
  if (kind === 'tensor' && isBinary(last)) return readTensorBytes(schema, content)
  if (kind === 'text' && content[0] !== quote) return readText(content)
  return jsonOrText(content, parse)
}

function isBinary({ isFile, content }: FormPart): boolean {
  return isFile && content.type !== 'application/json'
}

/** What is no file may be a URL, which its schema refuses where it was not fetched. */
async function fileOf({ isFile, content }: FormPart): Promise<unknown> {
  return isFile ? content : unquote(await content.text())
}

/** BentoML's client sends strings as JSON has them. */
function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text
}

const quote = 0x22

/** Text is a string of JSON's, as BentoML's client sends it, or taken as it is. */
function jsonOrText(content: Buffer, parse: JsonReader): unknown {
  const text = readText(content)
  try {
    return parse(content)
  } catch {
    return text
  }
}
