import { type LogLevel, levelNumbers, type LogThreshold } from './levels.ts'
import { LineWriter, type LogStream } from './line-writer.ts'
import { compileIdFormats, type IdFormats } from './log-ids.ts'
import { readGiven } from './read-given.ts'
import { type Fields, type LogScope, renderJson, renderText } from './render-line.ts'

/** Takes a message, or fields and a message; what follows fills `%s` and the like. An error may stand for fields. */
export interface LogMethod {
  (message: string, ...values: readonly unknown[]): void
  (fields: object, message?: string, ...values: readonly unknown[]): void
}

export interface Logger {
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  readonly fatal: LogMethod
  /** A logger with more fields on every line. */
  child(fields: Fields): Logger
  /** Whether lines of this level are written: where a line is costly to make. */
  isLevelEnabled(level: LogLevel): boolean
}

export interface LoggerOptions {
  /** JSON lines for machines; text for a person at a terminal. */
  readonly format: 'json' | 'text'
  readonly level: LogThreshold
  /** Fields on every line; text shows `service` and `worker`. */
  readonly fields: Fields
  readonly formats?: IdFormats
  /** Default: stderr. */
  readonly stream?: LogStream
}

/** Writes finished lines beside a logger: for what is too frequent to go through one. */
export interface LineLog {
  readonly stream: LogStream
  /** Start of each line, at level info. */
  readonly head: () => string
  readonly format: 'json' | 'text'
  readonly formats: IdFormats
  /** False when lines of level info are not written. */
  readonly isOn: boolean
}

/** What a logger and its children write through. */
export interface LogCore {
  readonly threshold: number
  write(level: LogLevel, line: Omit<LogLine, 'level'>): void
}

interface LogLine {
  readonly level: LogLevel
  readonly fields: Fields
  readonly scope: LogScope
  readonly given: readonly unknown[]
}

export interface Log {
  readonly logger: ScopedLogger
  readonly core: LogCore
  readonly lines: LineLog
  readonly stream: LogStream
  /** Resolves when what was written so far is out. */
  readonly flush: () => Promise<void>
}

// Text is watched as it comes; JSON is collected.
const delays = { json: 250, text: 0 }

/** A logger and what it writes to, to be flushed before the process ends. */
export function createLogger(options: LoggerOptions): Log {
  const { format, level } = options
  const formats = options.formats ?? compileIdFormats({ traceId: '032x', spanId: '016x' })
  const heads = format === 'json' ? jsonHeads(options.fields) : textHeads(options.fields)
  const render = format === 'json' ? renderJson : renderText
  const notice = (lost: number, why: string): string => {
    const message = `${lost} lines of the log were lost: ${why}`
    return heads.warn() + render({ level: 'warn', message, fields: {}, scope: undefined }, formats)
  }
  const file = new LineWriter({ fd: 2, delayMs: delays[format], notice })
  const stream = options.stream ?? file
  const core: LogCore = {
    threshold: levelNumbers[level],
    write(at, { fields, scope, given }) {
      const record = { level: at, scope, ...readGiven(fields, given) }
      stream.write(heads[at]() + render(record, formats))
      // Who ends with a fatal line may end at once.
      if (at === 'fatal') stream.flushSync()
    },
  }
  const isOn = core.threshold <= levelNumbers.info
  return {
    logger: new ScopedLogger(
      () => core,
      {},
      () => undefined,
    ),
    core,
    lines: { stream, head: heads.info, format, formats, isOn },
    stream,
    flush: () => file.flush(),
  }
}

/** A logger whose core and scope are looked up for each line. */
export class ScopedLogger implements Logger {
  readonly #core: () => LogCore
  readonly #fields: Fields
  readonly #scope: () => LogScope

  constructor(core: () => LogCore, fields: Fields, scope: () => LogScope) {
    this.#core = core
    this.#fields = fields
    this.#scope = scope
  }

  trace(...given: readonly unknown[]): void {
    this.#write('trace', given)
  }

  debug(...given: readonly unknown[]): void {
    this.#write('debug', given)
  }

  info(...given: readonly unknown[]): void {
    this.#write('info', given)
  }

  warn(...given: readonly unknown[]): void {
    this.#write('warn', given)
  }

  error(...given: readonly unknown[]): void {
    this.#write('error', given)
  }

  fatal(...given: readonly unknown[]): void {
    this.#write('fatal', given)
  }

  child(fields: Fields): ScopedLogger {
    return new ScopedLogger(this.#core, { ...this.#fields, ...fields }, this.#scope)
  }

  /** The same logger for the lines of one request, or of a batch. */
  within(scope: LogScope): ScopedLogger {
    return new ScopedLogger(this.#core, this.#fields, () => scope)
  }

  isLevelEnabled(level: LogLevel): boolean {
    return levelNumbers[level] >= this.#core().threshold
  }

  #write(level: LogLevel, given: readonly unknown[]): void {
    const core = this.#core()
    if (levelNumbers[level] < core.threshold) return
    core.write(level, { fields: this.#fields, scope: this.#scope(), given })
  }
}

type Heads = Readonly<Record<LogLevel, () => string>>

function jsonHeads(base: Fields): Heads {
  const fields = JSON.stringify(base).slice(1, -1)
  const tail = fields === '' ? '' : `,${fields}`
  return forEachLevel((level) => {
    const start = `{"level":${levelNumbers[level]},"time":"`
    return () => `${start}${isoTime()}"${tail}`
  })
}

function textHeads({ service = 'bento', worker = 0 }: Fields): Heads {
  return forEachLevel((level) => {
    const tail = ` [${level.toUpperCase()}] [${String(service)}:${String(worker)}] `
    return () => isoTime() + tail
  })
}

function forEachLevel(create: (level: LogLevel) => () => string): Heads {
  return {
    trace: create('trace'),
    debug: create('debug'),
    info: create('info'),
    warn: create('warn'),
    error: create('error'),
    fatal: create('fatal'),
  }
}

let lastMs = 0
let lastTime = ''

/** Thousands of lines share a millisecond, and a date is slow to write. */
function isoTime(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    lastTime = new Date(now).toISOString()
  }
  return lastTime
}
