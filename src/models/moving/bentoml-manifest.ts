import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import {
  anything,
  either,
  flag,
  list,
  number,
  object,
  optional,
  record,
  text,
} from '../../lib/shape.ts'
import { modelFile } from '../../store/manifest-files.ts'
import type { ModelManifest, Signature } from '../../store/manifest.ts'

/** What BentoML says of one of its models, as bento says it. */
export interface BentomlModel {
  readonly name: string
  readonly version: string
  /** Empty for models that were only put there. */
  readonly framework: string
  readonly labels: Readonly<Record<string, string>>
  readonly metadata: ModelManifest['metadata']
  readonly signatures: Readonly<Record<string, Signature>>
}

const manifest = object({
  name: text,
  version: text,
  module: text,
  labels: optional(record(text)),
  metadata: optional(record(anything)),
  signatures: optional(
    record(
      object({ batchable: optional(flag), batch_dim: optional(either(number, list(number))) }),
    ),
  ),
})

/** Reads `model.yaml` of a BentoML store. Undefined where it is none of BentoML's. Throws MODEL_INVALID. */
export async function readBentoml(folder: string): Promise<BentomlModel | undefined> {
  const file = join(folder, modelFile)
  const content = await readFile(file, 'utf8').catch(() => undefined)
  if (content === undefined) return undefined
  try {
    const document = await parse(content)
    return isBentoml(document) ? toModel(manifest(document, '')) : undefined
  } catch (error) {
    throw new BentoError('MODEL_INVALID', `"${file}" cannot be read: ${messageOf(error)}`, {
      hint: 'Export the model from BentoML again.',
      cause: error,
    })
  }
}

async function parse(content: string): Promise<unknown> {
  const { default: yaml } = await import('yaml')
  // Its dumper writes a list that stands in two places once.
  return yaml.parse(content, { schema: 'core', maxAliasCount: 100, logLevel: 'error' })
}

function isBentoml(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'module' in document
}

function toModel(read: ReturnType<typeof manifest>): BentomlModel {
  const signatures = Object.entries(read.signatures ?? {}).map(
    ([name, { batchable = false, batch_dim = 0 }]): [string, Signature] => {
      const axis = typeof batch_dim === 'number' ? batch_dim : (batch_dim[0] ?? 0)
      return [name, { batchable, batch_dim: axis }]
    },
  )
  return {
    name: read.name,
    version: read.version,
    framework: read.module.split('.').at(-1) ?? '',
    labels: read.labels ?? {},
    metadata: Object.fromEntries(
      Object.entries(read.metadata ?? {}).map(([key, value]) => [key, toFact(value)]),
    ),
    signatures: Object.fromEntries(signatures),
  }
}

/** Lists and maps are kept as JSON. */
function toFact(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return JSON.stringify(value) ?? String(value)
}
