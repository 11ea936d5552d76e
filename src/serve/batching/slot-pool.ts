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
  /** Clock time from which nobody waits for it any more; Infinity when somebody always will. */
  readonly forgetAt: number
}

// Batches that nobody waits for may go on beside the others: so many, or they would only queue up elsewhere.
const mostForgotten = 16

/**
 * Places for batches under way, shared by several lines. A free place goes to the line that has had least, by the time
 * its batches take and its weight: start-time fair queueing (Goyal, Vin and Cheng, 1996).
 */
export class SlotPool {
  readonly size: number
  readonly #clock: Clock
  readonly #busy = new Set<Slot>()
  /** Under way without a place: they are past their time, and may never end. */
  readonly #forgotten = new Set<Slot>()
  /** Who waits, with the virtual time up to which each has been served. */
  readonly #waiting = new Set<Tenant>()
  readonly #served = new WeakMap<Tenant, number>()
  #virtual = 0
  #isPumping = false
  #cancelForget: (() => void) | undefined

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
    if (this.#waiting.size === 0) this.#stopForgetting()
  }

  take(slot: Slot): Slot {
    this.#busy.add(slot)
    return slot
  }

  release(slot: Slot): void {
    this.#busy.delete(slot)
    this.#forgotten.delete(slot)
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
    if (this.free === 0 && this.#waiting.size > 0) this.#forgetLate()
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

  /** Takes the places of batches that nobody waits for, now and when there will be the next. */
  #forgetLate(): void {
    const now = this.#clock.now()
    let nextAt = Infinity
    for (const slot of this.#busy) {
      if (slot.forgetAt > now) nextAt = Math.min(nextAt, slot.forgetAt)
      else if (this.#forgotten.size < mostForgotten) this.#forget(slot)
    }
    if (this.#cancelForget !== undefined || nextAt === Infinity) return
    this.#cancelForget = this.#clock.after(nextAt - now, () => {
      this.#cancelForget = undefined
      this.pump()
    })
  }

  #forget(slot: Slot): void {
    this.#busy.delete(slot)
    this.#forgotten.add(slot)
  }

  #stopForgetting(): void {
    this.#cancelForget?.()
    this.#cancelForget = undefined
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
