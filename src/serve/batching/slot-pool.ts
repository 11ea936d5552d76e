import type { Clock } from '../../lib/clock.ts'

/** Who wants slots: the line of one batch key. */
export interface Tenant {
  /** Its part of the slots, beside those of the others, when all want them. */
  readonly weight: number
  /** It could be sent now, and waits for more to join. */
  readonly isHolding: boolean
  /** Sends a batch if it wants to; gives the predicted milliseconds, or undefined when it sent none. */
  dispatch(): number | undefined
  /** Predicted time of all that it has waiting. */
  backlogMs(): number
}

/** A batch under way. */
export interface Slot {
  /** Clock time at which it should end. */
  readonly endsAt: number
}

/**
 * Places for batches under way, shared by several lines. A free place goes to the line that has had least, by the time
 * its batches take and its weight: start-time fair queueing (Goyal, Vin and Cheng, 1996).
 */
export class SlotPool {
  readonly size: number
  readonly #clock: Clock
  readonly #busy = new Set<Slot>()
  /** Who waits, with the virtual time up to which each has been served. */
  readonly #waiting = new Set<Tenant>()
  readonly #served = new WeakMap<Tenant, number>()
  #virtual = 0
  #isPumping = false

  constructor(size: number, clock: Clock) {
    this.size = size
    this.#clock = clock
  }

  get free(): number {
    return this.size - this.#busy.size
  }

  /** More lines wait than slots are free: who holds now would lose its slot to another. */
  get isContended(): boolean {
    return this.#waiting.size > this.free
  }

  /** Asks for a turn at the end of this turn of the event loop: what arrives in one travels together. */
  enlist(tenant: Tenant): void {
    if (!this.#waiting.has(tenant)) {
      // Who was idle has saved nothing up.
      this.#served.set(tenant, Math.max(this.#virtual, this.#served.get(tenant) ?? 0))
      this.#waiting.add(tenant)
    }
    this.pumpSoon()
  }

  leave(tenant: Tenant): void {
    this.#waiting.delete(tenant)
  }

  take(endsAt: number): Slot {
    const slot = { endsAt }
    this.#busy.add(slot)
    return slot
  }

  release(slot: Slot): void {
    this.#busy.delete(slot)
  }

  pumpSoon(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    this.#clock.defer(() => {
      this.#isPumping = false
      this.pump()
    })
  }

  pump(): void {
    // Who has held, or had nothing, is not asked again in this round.
    const passed = new Set<Tenant>()
    while (this.free > 0) {
      const tenant = this.#next(passed)
      if (tenant === undefined) return
      const ms = tenant.dispatch()
      if (ms === undefined) {
        passed.add(tenant)
        continue
      }
      const served = this.#served.get(tenant) ?? 0
      this.#virtual = served
      // Nothing is free: what is not known yet counts as little.
      this.#served.set(tenant, served + Math.max(ms, 0.001) / tenant.weight)
    }
  }

  /** Milliseconds until each slot is free, the soonest first; 0 for a free one. */
  residuals(now: number): number[] {
    const left: number[] = []
    for (let free = this.free; free > 0; free--) left.push(0)
    for (const slot of this.#busy) left.push(Math.max(0, slot.endsAt - now))
    return left.length > 1 ? left.toSorted((a, b) => a - b) : left
  }

  /** What the others, taking turns, are predicted to run while `tenant` has `ownMs` run. */
  othersMs(tenant: Tenant, ownMs: number): number {
    let sum = 0
    for (const other of this.#waiting) {
      if (other === tenant) continue
      sum += Math.min(other.backlogMs(), (ownMs * other.weight) / tenant.weight)
    }
    return sum / this.size
  }

  #next(passed: ReadonlySet<Tenant>): Tenant | undefined {
    let least: Tenant | undefined
    for (const tenant of this.#waiting) {
      // It waits for nobody's batch because it was willing to wait for company.
      if (tenant.isHolding && this.isContended) return tenant
      if (passed.has(tenant)) continue
      if (least === undefined || this.#servedOf(tenant) < this.#servedOf(least)) least = tenant
    }
    return least
  }

  #servedOf(tenant: Tenant): number {
    return this.#served.get(tenant) ?? 0
  }
}
