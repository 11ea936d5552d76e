import { write } from 'node:fs'
import { writeAllSync } from '../lib/write-all.ts'

/** Where finished lines go. */
export interface LogStream {
  write(line: string): void
  /** Writes what is buffered, now. */
  flushSync(): void
}

export interface LineWriterOptions {
  /** File descriptor. */
  readonly fd: number
  /** How long a line may wait for company. */
  readonly delayMs: number
  /** A line that says how many are missing, and why. */
  readonly notice: (lost: number, why: string) => string
}

// One system call for about fifty lines.
const chunkLength = 16 * 1024
// What nobody reads is not kept without end.
const maxLength = 8 * 1024 * 1024
const retryMs = 100
// Who waits for the last lines waits no longer than this for a reader that has stopped.
const patienceMs = 1000
const noReader = 'nobody read them'

/**
 * Lines to a file descriptor, several at a time and off this thread: a log must not cost a request a system call,
 * nor stop the service when its reader does.
 */
export class LineWriter implements LogStream {
  readonly #options: LineWriterOptions
  #text = ''
  #lost = 0
  #why = noReader
  /** Of the lost, those that the chunk under way tells of. */
  #told = 0
  /** What a full pipe has not taken yet. */
  #rest: Buffer | undefined
  #isWriting = false
  #isLost = false
  #timer: NodeJS.Timeout | undefined
  readonly #waiting: (() => void)[] = []

  constructor(options: LineWriterOptions) {
    this.#options = options
  }

  write(line: string): void {
    if (this.#isLost) return
    if (this.#text.length > maxLength) {
      this.#lost++
      this.#why = noReader
      return
    }
    this.#text += line
    this.#startWhenWorth()
  }

  /** Resolves when all that came before is written, or cannot be, or nobody reads. */
  flush(): Promise<void> {
    this.#start()
    if (!this.#isWriting) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      setTimeout(resolve, patienceMs).unref()
    })
  }

  flushSync(): void {
    const bytes = Buffer.concat([this.#rest ?? Buffer.alloc(0), Buffer.from(this.#take())])
    this.#rest = undefined
    try {
      writeAllSync(this.#options.fd, bytes)
    } catch {
      // Nobody reads, or not fast enough: an ending process waits for no reader.
    }
  }

  #startWhenWorth(): void {
    if (this.#isWriting) return
    if (this.#text.length >= chunkLength) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), this.#options.delayMs).unref()
  }

  #start(): void {
    if (this.#isWriting) return
    const text = this.#take()
    if (text === '') {
      this.#settle()
      return
    }
    this.#isWriting = true
    this.#writeFrom(Buffer.from(text))
  }

  #take(): string {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const notice = this.#lost > 0 ? this.#options.notice(this.#lost, this.#why) : ''
    const text = this.#text + notice
    this.#text = ''
    this.#told = this.#lost
    this.#lost = 0
    return text
  }

  #writeFrom(bytes: Buffer): void {
    write(this.#options.fd, bytes, (error, written) => {
      // A full pipe that does not block: its reader needs time.
      if (error?.code === 'EAGAIN') {
        this.#rest = bytes
        setTimeout(() => this.#writeRest(), retryMs)
      } else if (error === null && written < bytes.length) {
        this.#writeFrom(bytes.subarray(written))
      } else {
        if (error !== null) this.#lose(bytes, error)
        this.#next()
      }
    })
  }

  #writeRest(): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest) this.#writeFrom(rest)
    else this.#next()
  }

  #next(): void {
    this.#isWriting = false
    if (this.#waiting.length > 0) this.#start()
    else if (this.#text !== '') this.#startWhenWorth()
  }

  #settle(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #lose(bytes: Buffer, { code }: NodeJS.ErrnoException): void {
    // Losing stderr, as by a closed pipe, must not take the service down.
    this.#isLost = code === 'EPIPE'
    const lines = bytes.toString('latin1').split('\n').length - 1
    this.#lost += this.#told > 0 ? lines - 1 + this.#told : lines
    this.#why = `they could not be written: ${code ?? 'unknown'}`
    this.#settle()
  }
}
