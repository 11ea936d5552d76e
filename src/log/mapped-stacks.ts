import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * From here on, stacks name the lines that the user wrote. Node's own `--enable-source-maps` reads and keeps every map
 * at the start, which costs each worker time and memory; here a map is read when a stack is first looked at.
 */
export function mapStacks(): void {
  const maps = new Map<string, SourceMap | undefined>()
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => `\n    at ${describe(frame, maps)}`)
    return `${Error.prototype.toString.call(error)}${lines.join('')}`
  }
}

type Maps = Map<string, SourceMap | undefined>

function describe(frame: NodeJS.CallSite, maps: Maps): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- because V8's call sites write themselves as a stack's line
  const text = String(frame)
  const file = frame.getFileName()
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()]
  if (!file?.startsWith('file:') || line === null || column === null) return text
  const origin = mapOf(file, maps)?.findOrigin(line, column)
  if (origin === undefined || !('fileName' in origin)) return text
  const { href, protocol } = new URL(origin.fileName, file)
  const source = protocol === 'file:' ? fileURLToPath(href) : href
  const place = `${source}:${origin.lineNumber}:${origin.columnNumber}`
  return text.replace(`${file}:${line}:${column}`, place)
}

function mapOf(file: string, maps: Maps): SourceMap | undefined {
  if (maps.has(file)) return maps.get(file)
  const map = readMap(file)
  maps.set(file, map)
  return map
}

/** Undefined for what has no map, or none that can be read: its stack names the bundle's own lines. */
function readMap(file: string): SourceMap | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because SourceMap itself throws at what is no map
    const map = JSON.parse(readFileSync(fileURLToPath(`${file}.map`), 'utf8')) as SourceMapPayload
    return new SourceMap(map)
  } catch {
    return undefined
  }
}
