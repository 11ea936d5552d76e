import type { JsonSchema } from './codec.ts'
import { readJson } from './media-types.ts'
import { compileNumbers } from './number-nodes.ts'
import type { NumberNode } from './number-nodes.ts'
import { compileTensorReader } from './tensor-reader.ts'

export type JsonReader = (body: Buffer) => unknown

/** How JSON of this schema is read: with JSON.parse, but for integers of 64 bits and tensors of float32. */
export function compileJsonReader(schema: JsonSchema): JsonReader {
  const readTensors = compileTensorReader(schema)
  if (readTensors) return (body) => readTensors(body) ?? readJson(body)
  return compileWideReader(schema) ?? ((body) => readJson(body))
}

/** Undefined where a schema has no integers of 64 bits. */
export function compileWideReader(schema: JsonSchema): JsonReader | undefined {
  const numbers = compileNumbers(schema, ({ isWide }) => isWide)
  return numbers && ((body) => settle(readJson(body, { exact: true }), numbers))
}

/** Wide integers where the schema has them, and numbers everywhere else. */
function settle(value: unknown, node: NumberNode | undefined): unknown {
  if (typeof value === 'bigint') return node?.isWide ? value : Number(value)
  if (typeof value === 'number') return settleNumber(value, node)
  if (Array.isArray(value)) return settleItems(value, node)
  if (typeof value !== 'object' || value === null) return value
  // Own properties again, whatever they are called.
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      settle(entry, node?.fields.get(key)?.node ?? node?.others),
    ]),
  )
}

function settleNumber(value: number, node: NumberNode | undefined): unknown {
  return node?.isWide && Number.isSafeInteger(value) ? BigInt(value) : value
}

function settleItems(items: readonly unknown[], node: NumberNode | undefined): unknown {
  // A tensor takes numbers of both kinds, at any depth.
  if (node?.isWide) return items
  return items.map((item, index) => settle(item, node?.tuple[index] ?? node?.items))
}
