import { write, writeSync } from 'node:fs'

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
}

// One system call for about fifty lines.
const chunkLength = 16 * 1024
// What nobody reads is not kept without end.
const maxLength = 8 * 1024 * 1024
const retryMs = 100

/**
 * Lines to a file descriptor, several at a time and off this thread: a log must not cost a request a system call,
 * nor stop the service when its reader does.
 */
export class LineWriter implements LogStream {
  readonly #options: LineWriterOptions
  #text = ''
  #dropped = 0
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
      this.#dropped++
      return
    }
    this.#text += line
    this.#startWhenWorth()
  }

  /** Resolves when all that came before is written, or cannot be. */
  flush(): Promise<void> {
    this.#start()
    if (!this.#isWriting) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  flushSync(): void {
    const bytes = Buffer.from(this.#take())
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#options.fd, bytes, at)
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
      for (const resolve of this.#waiting.splice(0)) resolve()
      return
    }
    this.#isWriting = true
    this.#writeFrom(Buffer.from(text))
  }

  #take(): string {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const notice =
      this.#dropped > 0 ? `${this.#dropped} log lines were dropped: nobody read them\n` : ''
    const text = this.#text + notice
    this.#text = ''
    this.#dropped = 0
    return text
  }

  #writeFrom(bytes: Buffer): void {
    write(this.#options.fd, bytes, (error, written) => {
      // A full pipe that does not block: its reader needs time.
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeFrom(bytes), retryMs)
      } else if (error === null && written < bytes.length) {
        this.#writeFrom(bytes.subarray(written))
      } else {
        // Losing stderr, as by a closed pipe, must not take the service down.
        this.#isLost = error?.code === 'EPIPE'
        this.#isWriting = false
        if (this.#waiting.length > 0) this.#start()
        else if (this.#text !== '') this.#startWhenWorth()
      }
    })
  }
}
