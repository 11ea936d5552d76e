import { floatText } from '../../lib/float-text.ts'
import type { JsonSchema, NonFinite } from './codec.ts'
import { compileNumbers } from './number-nodes.ts'
import type { NumberNode } from './number-nodes.ts'

export type JsonWriter = (value: unknown, nonFinite: NonFinite) => string

/** How JSON of this schema is written: only where it has floats, or integers of 64 bits, with more than JSON.stringify. */
export function compileJsonWriter(schema: JsonSchema): JsonWriter {
  const numbers = compileNumbers(schema, ({ isFloat, isWide }) => isFloat || isWide)
  if (!numbers) return plain
  return (value, nonFinite) => write(value, numbers, nonFinite) ?? 'null'
}

/** Null for what JSON has no word for: undefined itself, a function, a symbol. */
const plain: JsonWriter = (value) => stringify(value) ?? 'null'

function stringify(value: unknown): string | undefined {
  // Its type promises a string for everything.
  const text: string | undefined = JSON.stringify(value)
  return text
}

/** Undefined where JSON.stringify has no text either. */
function write(
  value: unknown,
  node: NumberNode | undefined,
  nonFinite: NonFinite,
): string | undefined {
  if (!node?.isNeeded) return stringify(value)
  if (typeof value === 'number') return writeNumber(value, node, nonFinite)
  if (typeof value === 'bigint' && node.isWide) return String(value)
  if (typeof value !== 'object' || value === null) return stringify(value)
  return Array.isArray(value)
    ? writeItems(value, node, nonFinite)
    : writeObject(value, node, nonFinite)
}

function writeObject(value: object, node: NumberNode, nonFinite: NonFinite): string | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const shown: unknown = Reflect.apply(value.toJSON, value, [''])
    return write(shown, node, nonFinite)
  }
  return writeFields(value, node, nonFinite)
}

function writeNumber(value: number, { isFloat }: NumberNode, nonFinite: NonFinite): string {
  if (Number.isFinite(value)) return isFloat ? floatText(value) : String(value)
  return nonFinite === 'token' ? String(value) : 'null'
}

function writeItems(items: readonly unknown[], node: NumberNode, nonFinite: NonFinite): string {
  const { tuple, items: rest } = node
  let text = '['
  for (let at = 0; at < items.length; at += 1) {
    if (at > 0) text += ','
    text += write(items[at], tuple[at] ?? rest, nonFinite) ?? 'null'
  }
  return `${text}]`
}

function writeFields(value: object, node: NumberNode, nonFinite: NonFinite): string {
  let text = ''
  for (const [key, entry] of Object.entries(value)) {
    const field = node.fields.get(key)
    const written = write(entry, field ? field.node : node.others, nonFinite)
    if (written === undefined) continue
    if (text !== '') text += ','
    text += (field?.label ?? `${JSON.stringify(key)}:`) + written
  }
  return `{${text}}`
}
