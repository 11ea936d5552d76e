import type * as YamlModule from 'yaml'
import type { Document, Node, YAMLMap } from 'yaml'
import { BentoError, type ErrorCode } from '../errors.ts'
import { toCamelCase } from '../lib/camel-case.ts'

export interface YamlSource {
  readonly value: unknown
  /** `FILE:LINE:COLUMN` of the value at a path, or of the nearest thing around it. */
  locate(path: readonly PropertyKey[]): string
  /** Where that is, counted from the start. */
  offset(path: readonly PropertyKey[]): number
}

type Yaml = Omit<typeof YamlModule, 'default'>

/** Text to a plain value, with positions for whatever turns out to be wrong with it later. */
export async function parseYaml(
  text: string,
  file: string,
  code: ErrorCode = 'CONFIG_INVALID',
): Promise<YamlSource> {
  // On demand: this ships in bentos, and most have no YAML to read when they start.
  // The default export: inside a bundle, that is all that a dynamic import of a CommonJS package has.
  const { default: yaml } = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  // One mistake makes errors of all that follows, so only the first is told.
  const [error] = document.errors
  if (error !== undefined) {
    const line = `${at(error.pos[0])} ${error.message}`
    throw new BentoError(code, `"${file}" is not YAML\n✖ ${line}`, {
      hint: 'Correct that line; indentation is by spaces.',
      cause: error,
    })
  }
  return {
    value: toPlain(document, file, code),
    locate: (path) => at(offsetOf(document.contents, path, yaml)),
    offset: (path) => offsetOf(document.contents, path, yaml),
  }
}

// Few aliases are enough for a hand-written file; many are a bomb.
function toPlain(document: Document, file: string, code: ErrorCode): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 50 })
    return value
  } catch (cause) {
    throw new BentoError(code, `"${file}" repeats itself by too many aliases`, {
      hint: 'Write the values out.',
      cause,
    })
  }
}

// Keys match in either spelling: the path was made after snake_case keys became camelCase.
function offsetOf(root: Node | null, path: readonly PropertyKey[], yaml: Yaml): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const segment of path) {
    const next = yaml.isMap(node) ? entryOf(node, segment, yaml) : itemOf(node, segment, yaml)
    if (next === undefined) return offset
    offset = next.offset
    node = next.node
  }
  return offset
}

interface Step {
  readonly offset: number
  readonly node: unknown
}

function entryOf(map: YAMLMap, segment: PropertyKey, yaml: Yaml): Step | undefined {
  for (const pair of map.items) {
    if (!yaml.isScalar(pair.key) || !isSameKey(String(pair.key.value), String(segment))) continue
    return { offset: pair.key.range?.[0] ?? 0, node: pair.value }
  }
  return undefined
}

function isSameKey(written: string, wanted: string): boolean {
  return written === wanted || toCamelCase(written) === wanted
}

function itemOf(node: unknown, segment: PropertyKey, yaml: Yaml): Step | undefined {
  if (!yaml.isSeq(node) || typeof segment !== 'number') return undefined
  const item = node.items[segment]
  return yaml.isNode(item) ? { offset: item.range?.[0] ?? 0, node: item } : undefined
}
