import type { LogStream } from '../../src/log/line-writer.ts'

/** A log's stream that keeps its lines. */
export interface MemoryStream extends LogStream {
  readonly lines: string[]
  /** The lines as what their JSON says. */
  readonly records: () => Record<string, unknown>[]
}

export function memoryStream(): MemoryStream {
  const lines: string[] = []
  return {
    lines,
    write: (line) => void lines.push(line),
    flushSync: () => undefined,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because each line of a log is one object
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}
