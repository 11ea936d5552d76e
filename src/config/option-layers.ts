import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { BentoError } from '../errors.ts'
import { toCamelCase } from '../lib/camel-case.ts'
import { closest } from '../lib/suggest.ts'
import { expandVariables } from './expand-variables.ts'
import { foreignOptions } from './foreign-options.ts'
import { serviceOptionsSchema } from './service-schema.ts'
import { parseYaml, type YamlSource } from './yaml-source.ts'

export interface OptionSources {
  /** Name of the service. */
  readonly service: string
  /** The options as `@service` has them. */
  readonly decorator: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags: OptionFlags
  /** Names of the service's apis; absent: not checked. */
  readonly apis?: readonly string[]
}

interface OptionFlags {
  /** By method: inputs to run before the service is ready. */
  readonly warmUps?: Readonly<Record<string, readonly unknown[]>>
  readonly host?: string
  readonly port?: number
  readonly workers?: number
  /** As in `@service`; whoever gives any of it wants TLS, unless he says otherwise. */
  readonly ssl?: Readonly<Record<string, unknown>>
}

/** Options from one place, in camelCase. */
export interface Layer {
  readonly value: Record<string, unknown>
  /** Names the place to a person, as precisely as it can. */
  readonly locate: (path: readonly PropertyKey[]) => string
  /** What is wrong with it already, besides what the schema will say of the merged whole. */
  readonly problems: readonly string[]
}

/** All places that give options, the weakest first. */
export async function layersOf(sources: OptionSources): Promise<Layer[]> {
  return [
    plainLayer('@service', sources.decorator),
    ...(await fileLayers(sources)),
    ...overrideLayers(sources),
    plainLayer('BENTO_HOST', httpOf({ host: sources.env['BENTO_HOST'] })),
    plainLayer('BENTO_PORT', httpOf({ port: numberOf(sources.env['BENTO_PORT']) })),
    plainLayer('BENTO_LOG_LEVEL', levelOf(sources.env['BENTO_LOG_LEVEL'])),
    plainLayer('BENTO_API_KEYS', authOf(sources.env['BENTO_API_KEYS'])),
    plainLayer('BENTO_SSL_KEYFILE_PASSWORD', passwordOf(sources.env)),
    plainLayer('--host', httpOf({ host: sources.flags.host })),
    plainLayer('--port', httpOf({ port: sources.flags.port })),
    plainLayer(
      '--workers',
      sources.flags.workers === undefined ? {} : { workers: sources.flags.workers },
    ),
    sslLayer(sources.flags.ssl),
    warmUpLayer(sources.flags.warmUps),
  ]
}

function plainLayer(name: string, value: Readonly<Record<string, unknown>>): Layer {
  return { value: { ...value }, locate: () => name, problems: [] }
}

/** Each key is a flag of its own. */
function warmUpLayer(warmUps: OptionFlags['warmUps']): Layer {
  const apis = Object.entries(warmUps ?? {}).map(([name, inputs]) => [name, { warmUps: inputs }])
  return plainLayer('--warm-up', apis.length === 0 ? {} : { apis: Object.fromEntries(apis) })
}

function sslLayer(ssl: OptionFlags['ssl']): Layer {
  if (ssl === undefined) return plainLayer('--ssl-certfile', {})
  return { value: { ssl: { enabled: true, ...ssl } }, locate: sslFlagOf, problems: [] }
}

function sslFlagOf([, key]: readonly PropertyKey[]): string {
  if (key === undefined || key === 'enabled') return '--ssl-certfile'
  return `--ssl-${String(key).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function passwordOf({ BENTO_SSL_KEYFILE_PASSWORD: password }: OptionSources['env']): {
  ssl?: object
} {
  return password === undefined || password === '' ? {} : { ssl: { keyfilePassword: password } }
}

function httpOf(http: { host?: string | undefined; port?: unknown }): Record<string, unknown> {
  const given = Object.entries(http).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? {} : { http: Object.fromEntries(given) }
}

function levelOf(level: string | undefined): Record<string, unknown> {
  return level === undefined || level === '' ? {} : { logging: { level: level.toLowerCase() } }
}

function authOf(text = ''): Record<string, unknown> {
  const keys = text.split(',').map((key) => key.trim())
  const given = keys.filter((key) => key !== '')
  return given.length === 0 ? {} : { auth: { keys: given } }
}

// What is no number stays text, so that the schema names it.
function numberOf(text: string | undefined): unknown {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text
}

async function fileLayers(sources: OptionSources): Promise<Layer[]> {
  const file = sources.env['BENTO_CONFIG']
  if (file === undefined || file === '') return []
  if (!['.yml', '.yaml'].includes(extname(file).toLowerCase())) {
    throw new BentoError(
      'CONFIG_INVALID',
      `BENTO_CONFIG names "${file}", which is not .yaml or .yml`,
      {
        hint: 'Set BENTO_CONFIG to the path of a YAML file.',
      },
    )
  }
  const source = await parseYaml(await readConfig(file), file)
  return documentLayers({ name: 'BENTO_CONFIG', source }, sources)
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BentoError('CONFIG_INVALID', `Cannot read "${file}", which BENTO_CONFIG names`, {
      hint: 'Set BENTO_CONFIG to the path of a YAML file.',
      cause,
    })
  }
}

function overrideLayers(sources: OptionSources): Layer[] {
  const text = sources.env['BENTO_CONFIG_OVERRIDES']
  if (text === undefined || text.trim() === '') return []
  const source = {
    value: parseJson(text),
    locate: () => 'BENTO_CONFIG_OVERRIDES',
    offset: () => 0,
  }
  return documentLayers({ name: 'BENTO_CONFIG_OVERRIDES', source }, sources)
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (cause) {
    throw new BentoError('CONFIG_INVALID', 'BENTO_CONFIG_OVERRIDES is not JSON', {
      hint: 'Write it as {"traffic": {"timeout": 30}}.',
      cause,
    })
  }
}

interface Document {
  readonly name: string
  readonly source: YamlSource
}

/** BentoML's shape: options for every service, and options under a service's name, which win. */
function documentLayers({ name, source }: Document, { service, env }: OptionSources): Layer[] {
  const { value: expanded, problems } = expandVariables(source.value ?? {}, env)
  if (!isRecord(expanded)) return [broken(`${name}: must be a mapping of options`)]
  const { version, services, ...rest } = expanded
  if (version !== undefined && version !== 2) {
    return [broken(`${source.locate(['version'])}: version must be 2`)]
  }
  const isWrapped = services !== undefined
  const prefix = isWrapped ? ['services'] : []
  if (isWrapped && !isRecord(services)) {
    return [broken(`${source.locate(prefix)}: must be a mapping`)]
  }
  const parts = splitServices(isRecord(services) ? services : rest, service)
  const unknown = parts.unknown.map(
    ({ key, message }) => `${source.locate([...prefix, key])}: ${message}`,
  )
  return [
    {
      value: toOptions(parts.common),
      locate: (path) => source.locate([...prefix, ...path]),
      problems: [
        ...problems.map((one) => `${source.locate(one.path)}: ${one.message}`),
        ...unknown,
      ],
    },
    {
      value: toOptions(parts.named),
      locate: (path) => source.locate([...prefix, service, ...path]),
      problems: [],
    },
  ]
}

function broken(problem: string): Layer {
  return { value: {}, locate: () => problem, problems: [problem] }
}

interface Parts {
  readonly common: Record<string, unknown>
  readonly named: unknown
  readonly unknown: readonly { readonly key: string; readonly message: string }[]
}

function splitServices(services: Record<string, unknown>, service: string): Parts {
  const options = Object.keys(serviceOptionsSchema.shape)
  const common: Record<string, unknown> = {}
  const unknown: { key: string; message: string }[] = []
  for (const [key, value] of Object.entries(services)) {
    if (key === service) continue
    const foreign = foreignOptions[toCamelCase(key)]
    if (foreign !== undefined) unknown.push({ key, message: `"${key}" ${foreign}` })
    else if (options.includes(toCamelCase(key))) common[key] = value
    else {
      // What is near to nothing known is another service's part: several may share one file.
      const guess = closest(key, [...options, service])
      const end = guess === undefined ? '' : `, did you mean "${guess}"?`
      if (guess !== undefined || !isRecord(value)) {
        unknown.push({ key, message: `Unknown key "${key}"${end}` })
      }
    }
  }
  return { common, named: services[service] ?? {}, unknown }
}

// What stands in these is somebody's own.
const verbatim = new Set(['warmUps'])
// The keys of these are names that somebody chose.
const nameMaps = new Set(['labels', 'apis'])

function toOptions(value: unknown): Record<string, unknown> {
  const options = camelKeys(value)
  return isRecord(options) ? options : {}
}

function camelKeys(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => camelKeys(item))
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = nameMaps.has(parent) ? key : toCamelCase(key)
    if (verbatim.has(name)) return [name, inner]
    return [name, camelKeys(inner, nameMaps.has(parent) ? '' : name)]
  })
  return Object.fromEntries(entries)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
