import { JsonScanner } from '../../lib/json-scanner.ts'
import { scanFloats } from '../../lib/tensor-scan.ts'
import type { Tensor } from '../../lib/tensor.ts'
import { tensorKeyword } from '../tensor-schema.ts'
import type { JsonSchema } from './codec.ts'
import { isJsonObject } from './json-schema.ts'

/** Reads a body that is what most bodies are, or gives undefined: it is to be read in the ordinary way. */
export type QuickReader = (body: Buffer) => unknown

/**
 * For tensors of float32 with a known rank, alone or as all parameters of a method. Their schema takes a tensor as it
 * takes nested arrays, and finds everything that is wrong itself.
 */
export function compileTensorReader(schema: JsonSchema): QuickReader | undefined {
  const rank = rankOf(schema)
  if (rank !== undefined) return (body) => whole(body, (scanner) => scanFloats(scanner, rank))
  const fields = fieldsOf(schema)
  return fields && ((body) => whole(body, (scanner) => scanObject(scanner, fields)))
}

interface Field {
  readonly name: string
  /** The name as JSON has it. */
  readonly quoted: Buffer
  readonly rank: number
}

function fieldsOf({ type, properties }: JsonSchema): readonly Field[] | undefined {
  if (type !== 'object' || !isJsonObject(properties)) return undefined
  const fields: Field[] = []
  for (const [name, schema] of Object.entries(properties)) {
    const rank = isJsonObject(schema) ? rankOf(schema) : undefined
    if (rank === undefined) return undefined
    fields.push({ name, quoted: Buffer.from(JSON.stringify(name)), rank })
  }
  return fields.length === 0 ? undefined : fields
}

function rankOf(schema: JsonSchema): number | undefined {
  const carried = schema[tensorKeyword]
  if (!isJsonObject(carried) || carried['dtype'] !== 'float32') return undefined
  const { shape } = carried
  return Array.isArray(shape) && shape.length > 0 ? shape.length : undefined
}

function whole(body: Buffer, scan: (scanner: JsonScanner) => unknown): unknown {
  const scanner = new JsonScanner(body)
  const value = scan(scanner)
  return scanner.isAtEnd() ? value : undefined
}

const [openObject, closeObject, colon, comma] = [0x7b, 0x7d, 0x3a, 0x2c]

/** Of a name that comes twice, the last counts, as with JSON.parse. */
function scanObject(scanner: JsonScanner, fields: readonly Field[]): unknown {
  if (!scanner.take(openObject)) return undefined
  const value: Record<string, Tensor> = {}
  do {
    const field = fields.find(({ quoted }) => scanner.takeAll(quoted))
    if (field === undefined || !scanner.take(colon)) return undefined
    const tensor = scanFloats(scanner, field.rank)
    if (tensor === undefined) return undefined
    value[field.name] = tensor
  } while (scanner.take(comma))
  return scanner.take(closeObject) ? value : undefined
}
