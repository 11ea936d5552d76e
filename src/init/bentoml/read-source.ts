import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseYaml } from '../../config/yaml-source.ts'
import { BentoError, messageOf } from '../../errors.ts'
import { toCamelCase } from '../../lib/camel-case.ts'
import { renderBentofile } from './convert-bentofile.ts'
import { type ForeignService, readForeignService } from './foreign-service.ts'
import { isNode, type Node } from './to-schema-code.ts'

export interface ForeignSource {
  readonly service: ForeignService
  /** Lines of bentofile.yaml below `service`; none where only the schema is known. */
  readonly bentofile: string
}

/** A running service's URL, a file of its `/schema.json`, or the folder of a bento that BentoML built. */
export async function readForeignSource(from: string, path: string): Promise<ForeignSource> {
  if (/^https?:\/\//.test(from)) {
    return { service: required(await fetchSchema(from), from), bentofile: '' }
  }
  if (from.endsWith('.json')) {
    return { service: required(parseJson(await readText(path)), from), bentofile: '' }
  }
  return readBento(path, from)
}

async function readBento(folder: string, from: string): Promise<ForeignSource> {
  const file = join(folder, 'bento.yaml')
  const { value } = await parseYaml(await readText(file), file)
  const manifest = isNode(value) ? value : {}
  const services = Array.isArray(manifest['services']) ? manifest['services'].filter(isNode) : []
  const entry = services.find(({ name }) => name === manifest['entry_service']) ?? services[0]
  const config = isNode(entry?.['config']) ? entry['config'] : {}
  const service = required(manifest['schema'], from, optionsOf(config))
  return { service, bentofile: renderBentofile(manifest) }
}

// What BentoML's decorator takes and ours takes too.
const options = new Set([
  'traffic',
  'resources',
  'workers',
  'labels',
  'http',
  'ssl',
  'logging',
  'metrics',
])

function optionsOf(config: Node): Readonly<Record<string, unknown>> {
  const entries = Object.entries(config).filter(([key]) => options.has(key))
  return Object.fromEntries(entries.map(([key, value]) => [toCamelCase(key), camelKeys(value)]))
}

function camelKeys(value: unknown): unknown {
  if (!isNode(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([key, inner]) => [toCamelCase(key), camelKeys(inner)]))
}

async function fetchSchema(from: string): Promise<unknown> {
  const url = from.endsWith('.json') ? from : `${from.replace(/\/+$/, '')}/schema.json`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return await response.json()
  } catch (cause) {
    throw new BentoError('SERVICE_UNREACHABLE', `"${url}" cannot be read: ${messageOf(cause)}`, {
      hint: 'Check the address and that the service runs.',
      cause,
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Read like every other document that is no schema.
    return undefined
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BentoError('FILE_NOT_FOUND', `"${path}" cannot be read`, {
      hint: 'Name a URL, a schema.json, or the folder of a bento, which holds bento.yaml.',
      cause,
    })
  })
}

function required(
  document: unknown,
  from: string,
  given: ForeignService['options'] = {},
): ForeignService {
  const service = readForeignService(document, given)
  if (service !== undefined) return service
  throw new BentoError('SERVICE_INVALID', `"${from}" has no schema of a service of BentoML`, {
    hint: 'Services of BentoML 1.2 and later have one, at /schema.json.',
  })
}
