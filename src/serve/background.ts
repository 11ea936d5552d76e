import { nextTurn } from '../lib/functions.ts'
import type { Aftermath } from '../service/aftermath.ts'

/** What requests have left to do, until it is done. */
export class Background {
  readonly #underWay = new Set<Promise<void>>()

  /** The answer is on its way first. */
  add(aftermath: Aftermath): void {
    const done = nextTurn()
      .then(() => aftermath.finish())
      .finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  /** Resolves when nothing is left, not even what was begun meanwhile. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }
}
