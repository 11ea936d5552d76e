import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import { foreignOptions } from './foreign-options.ts'
import { type Layer, layersOf, type OptionSources } from './option-layers.ts'
import { check, placeOf, type Problem, renderProblem, renderProblems } from './problems.ts'
import { type ParsedOptions, serviceOptionsSchema } from './service-schema.ts'

/** The options of a service, complete. Times are in seconds, as in `@service`, unless the name says otherwise. */
export interface ServeOptions extends ParsedOptions {
  readonly runTimeout: number
}

export interface ResolvedOptions {
  readonly options: ServeOptions
  /** By dotted key, as `traffic.timeout`, where its value came from. */
  readonly origins: Record<string, string>
}

/**
 * Default < `@service` < the file BENTO_CONFIG < the JSON in BENTO_CONFIG_OVERRIDES < BENTO_HOST and
 * BENTO_PORT < flags. Throws CONFIG_INVALID with everything that is wrong in any of them.
 */
export async function resolveServeOptions(sources: OptionSources): Promise<ResolvedOptions> {
  const layers = await layersOf(sources)
  const merged = layers.reduce((value, layer) => mergeOptions(value, layer.value), {})
  const checked = check(serviceOptionsSchema, merged, foreignOptions)
  const problems = [
    ...layers.flatMap((layer) => layer.problems),
    ...(checked.problems ?? []).map((problem) => render(problem, layers)),
  ]
  if (checked.problems !== undefined) throw invalid(problems)
  problems.push(...unknownApis(checked.value, sources, layers))
  if (problems.length > 0) throw invalid(problems)
  const { value } = checked
  const options = { ...value, runTimeout: value.runTimeout ?? 2 * value.traffic.timeout }
  return { options, origins: originsOf(options, layers) }
}

function invalid(problems: readonly string[]): BentoError {
  return new BentoError(
    'CONFIG_INVALID',
    `The service's options have ${renderProblems(problems)}`,
    {
      hint: 'Correct each where it is written.',
    },
  )
}

function render(problem: Problem, layers: readonly Layer[]): string {
  const place = placeOf(problem)
  const layer = layers.findLast((one) => hasPath(one.value, place)) ?? layers.at(-1)
  return `${layer?.locate(place) ?? '@service'}: ${renderProblem(problem)}`
}

function unknownApis(
  options: ParsedOptions,
  { apis }: OptionSources,
  layers: readonly Layer[],
): string[] {
  if (apis === undefined) return []
  const unknown = Object.keys(options.apis).filter((name) => !apis.includes(name))
  return unknown.map((name) => {
    const guess = closest(name, apis)
    const end = guess === undefined ? `; it has ${apis.join(', ')}` : `, did you mean "${guess}"?`
    return render({ path: ['apis', name], message: `No api is named "${name}"${end}` }, layers)
  })
}

// These say one thing in several keys, so a later source replaces them whole.
const wholes = new Set(['metrics.duration'])

type Plain = Record<string, unknown>

/** Later values win; maps are joined. */
export function mergeOptions(under: Plain, over: Plain, path: readonly string[] = []): Plain {
  const result = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    const inner = [...path, key]
    // Null takes a value back, as BentoML's own files write "not set".
    if (value === null || value === undefined) delete result[key]
    else if (isPlain(value) && isPlain(below) && !wholes.has(inner.join('.'))) {
      result[key] = mergeOptions(below, value, inner)
    } else result[key] = isPlain(value) ? mergeOptions({}, value, inner) : value
  }
  return result
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasPath(value: unknown, path: readonly PropertyKey[]): boolean {
  let node = value
  for (const segment of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, segment)) return false
    node = Reflect.get(node, segment)
  }
  return node !== undefined && node !== null
}

function originsOf(options: ServeOptions, layers: readonly Layer[]): Record<string, string> {
  const origins: Record<string, string> = {}
  for (const path of leavesOf(options)) {
    const layer = layers.findLast((one) => hasPath(one.value, path))
    origins[path.join('.')] = layer?.locate(path) ?? 'default'
  }
  return origins
}

function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (!isPlain(value) || Object.keys(value).length === 0) {
    return path.length === 0 ? [] : [[...path]]
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}
