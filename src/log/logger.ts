import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger }

export interface LoggerOptions {
  /** JSON lines for machines; text for a person at a terminal. */
  readonly format: 'json' | 'text'
  readonly level: string
  /** Fields on every line. */
  readonly fields: Readonly<Record<string, unknown>>
}

export interface LogStream extends DestinationStream {
  /** Writes what is buffered, now. */
  flushSync(): void
}

/** Writes lines that are already JSON, beside a logger: for what is too frequent to go through one. */
export interface LineLog {
  readonly stream: LogStream
  /** Start of each line: level, time and the logger's fields. */
  readonly head: () => string
}

/** A logger and the stream to flush before the process ends. */
export function createLogger(options: LoggerOptions): {
  logger: Logger
  stream: LogStream
  lines: LineLog
} {
  // Buffered: an access line must not cost a system call. What is older than a second is written.
  const file = pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 1000 })
  // Losing stderr, as by a closed pipe, must not take the service down.
  file.on('error', () => undefined)
  const stream = options.format === 'json' ? file : asText(file)
  const base = { ...options.fields }
  const logger = pino({ level: options.level, base, timestamp: isoTime }, stream)
  const fields = JSON.stringify(base).slice(1, -1)
  const head = (): string => `{"level":30${isoTime()}${fields === '' ? '' : `,${fields}`}`
  return { logger, stream, lines: { stream, head } }
}

let lastMs = 0
let lastTime = ''

/** Thousands of lines share a millisecond, and a date is slow to write. */
function isoTime(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastTime = `,"time":"${new Date(now).toISOString()}"`
  }
  return lastTime
}

const levelNames: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}

/** Lines for eyes: time, level, message, then the rest. Only at a terminal, so its cost does not count. */
function asText(file: LogStream): LogStream {
  return {
    write(line) {
      file.write(toText(line))
      file.flushSync()
    },
    flushSync: () => file.flushSync(),
  }
}

function toText(line: string): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because pino wrote this line
  const { time, level, msg, err, worker, service, ...rest } = JSON.parse(line) as LogLine
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${toField(value)}`)
  const name = levelNames[level] ?? String(level)
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`
  return `${time} [${name}] [${service ?? 'bento'}:${worker ?? 0}] ${msg ?? ''}${fields.join('')}${stack}\n`
}

interface LogLine {
  readonly time: string
  readonly level: number
  readonly msg?: string
  readonly err?: { readonly stack?: string }
  readonly worker?: number
  readonly service?: string
  readonly [field: string]: unknown
}

function toField(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
