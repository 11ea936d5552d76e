import { types } from 'node:util'
import { toBuffer } from './file-value.ts'
import { createSchema, issue, ownKeyword } from './own-schema.ts'
import type { OwnSchema } from './own-schema.ts'

export type BytesSchema = OwnSchema<Uint8Array | string, Buffer>

/** Bytes: the whole body when they are the root input, else a part of a form. In JSON they are a string, as UTF-8. */
export function bytes(): BytesSchema {
  const binary = { type: 'string', format: 'binary' }
  return createSchema(
    'bytes',
    (value) => {
      if (types.isUint8Array(value)) return { value: toBuffer(value) }
      if (typeof value === 'string') return { value: Buffer.from(value) }
      return issue('bytes_type', 'Input should be bytes')
    },
    { [ownKeyword]: binary, ...binary },
  )
}
