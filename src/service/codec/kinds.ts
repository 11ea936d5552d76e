import { anyType } from '../io/file-types.ts'
import { ownKeyword } from '../io/own-schema.ts'
import { tensorKeyword } from '../tensor-schema.ts'
import type { JsonSchema } from './codec.ts'
import { isJsonObject } from './json-schema.ts'

/** What a value is on the wire; `json` is everything that has no form of its own. */
export type Kind = 'json' | 'text' | 'bytes' | 'file' | 'files' | 'tensor'

export function kindOf(schema: JsonSchema): Kind {
  if (tensorKeyword in schema) return 'tensor'
  const own = schema[ownKeyword]
  if (!isJsonObject(own)) return schema['type'] === 'string' ? 'text' : 'json'
  if (own['type'] === 'string') return 'bytes'
  if (own['type'] === 'file') return 'file'
  return isJsonObject(own['items']) && own['items']['type'] === 'file' ? 'files' : 'json'
}

export function isFileKind(kind: Kind): boolean {
  return kind === 'file' || kind === 'files'
}

/** What a file is that does not say so itself. */
export function contentTypeOf(schema: JsonSchema): string {
  const type = schema['contentMediaType']
  return typeof type === 'string' ? type : anyType
}
