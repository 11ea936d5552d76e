import type { ServeOptions } from '../config/service-options.ts'
import { BentoError } from '../errors.ts'

/** How many requests may be under way over all workers. `concurrency` is only a target where there is a maximum too. */
export function concurrencyLimit({
  maxConcurrency,
  concurrency,
}: ServeOptions['traffic']): number | undefined {
  return maxConcurrency ?? concurrency
}

/** Where a worker gets more leases. */
export interface LeaseSource {
  /** How many at a time: a message for each request would cost more than many a request. */
  readonly block: number
  /** Resolves with how many were granted; 0 when all are in use. */
  ask(count: number): Promise<number>
  giveBack(count: number): void
}

// After a refusal the answer would be the same; asking for every request would make an overload worse.
const refusedMs = 10

/** Admits as many requests at once as this process has leases. */
export class ConcurrencyGate {
  readonly #source: LeaseSource | undefined
  readonly #waiting: Waiting[] = []
  #leases: number
  #inside = 0
  #peak = 0
  #isAsking = false
  #refusedAt = -Infinity

  /** Without a source the leases are all that there will ever be. */
  constructor(leases = Infinity, source?: LeaseSource) {
    this.#leases = leases
    this.#source = source
  }

  /** Fails with CONCURRENCY when there is no room. A promise only where more leases have to be asked for. */
  enter(): Promise<void> | undefined {
    if (this.#inside < this.#leases) {
      this.#admit()
      return undefined
    }
    if (!this.#source || performance.now() - this.#refusedAt < refusedMs) throw tooMany()
    const entered = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    if (!this.#isAsking) void this.#ask(this.#source)
    return entered
  }

  leave(): void {
    this.#inside--
    if (this.#waiting.length > 0) this.#admitWaiting()
  }

  /** Takes the leases that are not in use away, for another worker that needs them. */
  takeUnused(): number {
    const unused = this.#waiting.length > 0 ? 0 : this.#leases - this.#inside
    this.#leases -= unused
    return unused
  }

  /** Gives back what has not been needed since the last call. */
  settle(): void {
    const unused = this.#leases - this.#peak
    this.#peak = this.#inside
    if (!this.#source || unused <= 0 || this.#isAsking) return
    this.#leases -= unused
    this.#source.giveBack(unused)
  }

  #admit(): void {
    this.#inside++
    if (this.#inside > this.#peak) this.#peak = this.#inside
  }

  async #ask(source: LeaseSource): Promise<void> {
    this.#isAsking = true
    let granted = 1
    while (this.#waiting.length > 0 && granted > 0) {
      granted = await source.ask(Math.max(source.block, this.#waiting.length))
      this.#leases += granted
      this.#admitWaiting()
    }
    this.#isAsking = false
    if (this.#waiting.length === 0) return
    this.#refusedAt = performance.now()
    for (const { reject } of this.#waiting.splice(0)) reject(tooMany())
  }

  #admitWaiting(): void {
    while (this.#inside < this.#leases) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#admit()
      next.resolve()
    }
  }
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

function tooMany(): BentoError {
  return new BentoError('CONCURRENCY', 'Too many requests are under way', { retryAfter: 1 })
}
