import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../log/logger.ts'

/** Work that goes on after the answer: under way already, or begun then. */
export type BackgroundWork = Promise<unknown> | (() => unknown)

/** What a request leaves behind: a folder, and work that goes on. Made where a method asks for either. */
export class Aftermath {
  readonly #logger: () => Logger
  readonly #underWay: Promise<void>[] = []
  readonly #later: (() => unknown)[] = []
  #folder: string | undefined

  constructor(logger: () => Logger) {
    this.#logger = logger
  }

  get tempDir(): string {
    return (this.#folder ??= mkdtempSync(join(tmpdir(), 'bento-request-')))
  }

  waitUntil(work: BackgroundWork): void {
    if (typeof work === 'function') this.#later.push(work)
    else this.#underWay.push(this.#settle(work))
  }

  /** Does what was left for later, waits for all of it, and removes the folder. Never rejects. */
  async finish(): Promise<void> {
    for (const work of this.#later) this.#underWay.push(this.#settle(run(work)))
    await Promise.all(this.#underWay)
    if (this.#folder !== undefined) await this.#remove(this.#folder)
  }

  async #settle(work: Promise<unknown>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#logger().error({ err: error }, 'Work in the background failed')
    }
  }

  async #remove(folder: string): Promise<void> {
    try {
      await rm(folder, { recursive: true, force: true })
    } catch (error) {
      this.#logger().warn({ err: error }, 'The folder of a request cannot be removed')
    }
  }
}

async function run(work: () => unknown): Promise<unknown> {
  return work()
}
