import type { Clock } from '../../lib/clock.ts'

/** One worker, as far as leases go. */
export interface LeaseHolder {
  readonly grant: (count: number) => void
  /** Asks it for the leases that it does not use; it answers with `returned`. */
  readonly recall: () => void
}

// A worker whose event loop is blocked does not answer; the others do not wait for it.
const recallMs = 50

/**
 * The leases of `traffic.maxConcurrency`. Each allows one request at a time, and all that exist are either here or
 * with one worker, so that the workers together never have more under way.
 */
export class Leases {
  readonly #clock: Clock
  readonly #held = new Map<LeaseHolder, number>()
  readonly #asking: { readonly holder: LeaseHolder; readonly count: number }[] = []
  /** Whose answer is waited for; undefined when nobody was asked. */
  #recalled: Set<LeaseHolder> | undefined
  #cancel = (): void => undefined
  #limit: number

  constructor(limit: number | undefined, clock: Clock) {
    this.#limit = limit ?? 0
    this.#clock = clock
  }

  /** A reload may bring another limit. What is out above it comes back before any more is granted. */
  setLimit(limit: number | undefined): void {
    this.#limit = limit ?? 0
  }

  /** As many of `share` as there are. */
  within(share: number): number {
    return Math.min(share, this.#free)
  }

  /** A worker starts, with so many. */
  open(holder: LeaseHolder, count: number): void {
    this.#held.set(holder, count)
  }

  /** Grants what there is, or what other workers do not use; in the end 0. */
  ask(holder: LeaseHolder, count: number): void {
    this.#asking.push({ holder, count })
    this.#grant()
    if (this.#asking.length > 0 && !this.#recalled) this.#recall(holder)
  }

  giveBack(holder: LeaseHolder, count: number): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) - count)
    this.#grant()
  }

  /** The answer to a recall. */
  returned(holder: LeaseHolder, count: number): void {
    this.giveBack(holder, count)
    this.#answered(holder)
  }

  /** A worker has died, and what it had under way with it. */
  close(holder: LeaseHolder): void {
    this.#held.delete(holder)
    const left = this.#asking.filter((ask) => ask.holder !== holder)
    this.#asking.splice(0, this.#asking.length, ...left)
    this.#grant()
    this.#answered(holder)
  }

  get #free(): number {
    let free = this.#limit
    for (const count of this.#held.values()) free -= count
    return Math.max(0, free)
  }

  /** To those who ask, each a fair part of what is free. */
  #grant(): void {
    while (this.#free > 0) {
      const fair = Math.ceil(this.#free / this.#asking.length)
      const next = this.#asking.shift()
      if (!next) return
      const count = Math.min(next.count, fair)
      this.#held.set(next.holder, (this.#held.get(next.holder) ?? 0) + count)
      next.holder.grant(count)
    }
  }

  #recall(asker: LeaseHolder): void {
    const others = [...this.#held].filter(([holder, count]) => holder !== asker && count > 0)
    this.#recalled = new Set(others.map(([holder]) => holder))
    this.#cancel = this.#clock.after(recallMs, () => this.#finishRecall())
    for (const [holder] of others) holder.recall()
    if (others.length === 0) this.#finishRecall()
  }

  #answered(holder: LeaseHolder): void {
    if (this.#recalled?.delete(holder) && this.#recalled.size === 0) this.#finishRecall()
  }

  /** Everybody was asked: who has nothing by now is refused. */
  #finishRecall(): void {
    this.#cancel()
    this.#recalled = undefined
    for (const { holder } of this.#asking.splice(0)) holder.grant(0)
  }
}
