import { isRecord } from '../lib/records.ts'

/** What the command line says; it wins over the file. */
export interface DeploymentFlags {
  readonly bento?: string
  readonly name?: string
  readonly target?: string
  readonly image?: string
  readonly env?: Readonly<Record<string, string>>
  readonly secret?: readonly string[]
  readonly label?: Readonly<Record<string, string>>
  readonly scalingMin?: number
  readonly scalingMax?: number
  readonly strategy?: string
  readonly namespace?: string
  readonly context?: string
  /** By dotted key, as `kubernetes.service.type`; read as YAML. */
  readonly set?: Readonly<Record<string, string>>
}

/** Lays the flags over the file; `origins` gets the flag by the key that it set. */
export async function overrideBy(
  flags: DeploymentFlags,
  written: Record<string, unknown>,
  origins: Map<string, string>,
): Promise<void> {
  const { default: yaml } = await import('yaml')
  const put = (key: string, value: unknown, flag: string): void => {
    if (value === undefined) return
    setAt(written, key.split('.'), value)
    origins.set(key, flag)
  }
  put('bento', flags.bento, 'BENTO')
  put('name', flags.name, '--name')
  put('target', flags.target, '--target')
  put('image', flags.image, '--image')
  put('scaling.min_replicas', flags.scalingMin, '--scaling-min')
  put('scaling.max_replicas', flags.scalingMax, '--scaling-max')
  put('deployment_strategy', flags.strategy, '--strategy')
  put('kubernetes.namespace', flags.namespace, '--namespace')
  const contextKey = flags.target === 'bentocloud' ? 'bentocloud.context' : 'kubernetes.context'
  put(contextKey, flags.context, '--context')
  const envs = Object.entries(flags.env ?? {}).map(([name, value]) => ({ name, value }))
  const labels = Object.entries(flags.label ?? {}).map(([key, value]) => ({ key, value }))
  if (envs.length > 0) put('envs', mergeBy('name', written['envs'], envs), '--env')
  if (labels.length > 0) put('labels', mergeBy('key', written['labels'], labels), '--label')
  const secrets = flags.secret ?? []
  if (secrets.length > 0) put('secrets', [...listOf(written['secrets']), ...secrets], '--secret')
  for (const [key, text] of Object.entries(flags.set ?? {})) {
    put(key, parseValue(text, yaml.parse), `--set ${key}`)
  }
}

// What is no YAML is meant as it stands.
function parseValue(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text)
  } catch {
    return text
  }
}

function setAt(root: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [key = '', ...rest] = keys
  if (rest.length === 0) {
    define(root, key, value)
    return
  }
  const inner = Object.hasOwn(root, key) ? root[key] : undefined
  const next = isRecord(inner) ? inner : {}
  define(root, key, next)
  setAt(next, rest, value)
}

// Never through a setter: `--set __proto__.x=1` is a key like any other, and an unknown one.
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

/** Entries of `more` replace those of `list` that have the same key. */
function mergeBy(key: string, list: unknown, more: readonly Record<string, string>[]): unknown[] {
  const given = new Set(more.map((one) => one[key]))
  const kept = listOf(list).filter(
    (one) => !isRecord(one) || typeof one[key] !== 'string' || !given.has(one[key]),
  )
  return [...kept, ...more]
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
