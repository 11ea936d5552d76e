import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../lib/clock.ts'

export interface RotatingFileInput {
  readonly path: string
  /** Bytes. A file that has grown beyond is put aside. */
  readonly maxSize: number
  readonly clock: Clock
  /** Milliseconds since 1970: a file of an earlier day is put aside. */
  readonly now: () => number
  /** Lines could not be written, or there were too many; they are gone. */
  readonly onLost: (lines: number, reason: unknown) => void
}

const delayMs = 1000
const maxWaiting = 8 * 1024 * 1024

/** Lines in a file that begins anew each day, and when it is large. What is written waits for nobody. */
export class RotatingFile {
  readonly #input: RotatingFileInput
  #lines: string[] = []
  #length = 0
  #size: number | undefined
  #day = ''
  #written = Promise.resolve()
  #isWaiting = false

  constructor(input: RotatingFileInput) {
    this.#input = input
  }

  write(line: string): void {
    if (this.#length > maxWaiting) {
      this.#input.onLost(1, new Error('the disk is too slow'))
      return
    }
    this.#lines.push(line)
    this.#length += line.length
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#input.clock.after(delayMs, () => void this.flush())
  }

  /** Resolves when all that came before is written, or lost. */
  flush(): Promise<void> {
    this.#isWaiting = false
    this.#written = this.#written.then(() => this.#writeAll())
    return this.#written
  }

  async #writeAll(): Promise<void> {
    const lines = this.#lines
    if (lines.length === 0) return
    this.#lines = []
    this.#length = 0
    try {
      const text = lines.join('')
      await this.#rotate()
      await appendFile(this.#input.path, text)
      this.#size = (this.#size ?? 0) + Buffer.byteLength(text)
    } catch (error) {
      this.#size = undefined
      this.#input.onLost(lines.length, error)
    }
  }

  async #rotate(): Promise<void> {
    const { path, maxSize, now } = this.#input
    const today = dayOf(now())
    if (this.#size === undefined) {
      await mkdir(dirname(path), { recursive: true })
      const found = await findFile(path)
      this.#size = found?.size ?? 0
      this.#day = found === undefined ? today : dayOf(found.mtimeMs)
    }
    if (this.#size > 0 && (this.#day !== today || this.#size >= maxSize)) {
      await rename(path, await freeName(`${path}.${this.#day}`))
      this.#size = 0
    }
    this.#day = today
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** `name`, or the first of `name.1`, `name.2` … that is not there yet. */
async function freeName(name: string): Promise<string> {
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? name : `${name}.${count}`
    if ((await findFile(candidate)) === undefined) return candidate
  }
}

async function findFile(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  try {
    return await stat(path)
  } catch {
    return undefined
  }
}
