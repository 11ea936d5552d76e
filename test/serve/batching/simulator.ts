import type { Clock } from '../../../src/lib/clock.ts'
import { Batcher, type BatchReport } from '../../../src/serve/batching/batcher.ts'
import { SlotPool } from '../../../src/serve/batching/slot-pool.ts'

/*
 * Drives the real Batcher in virtual time: service times b + a·n with log-normal jitter, one event loop, k slots,
 * Poisson arrivals or clients that wait for an answer. The same seed gives the same run, to the last digit.
 */

/** Time of a batch of n rows is `b + a·n` milliseconds. */
export interface Service {
  readonly b: number
  readonly a: number
  readonly slots: number
  readonly maxBatchSize: number
}

export interface Load {
  readonly service: Service
  readonly hold: boolean
  readonly seed: number
  /** What a request may take; absent: a minute. */
  readonly sloMs?: number
  /** Virtual milliseconds, of which the first are not counted. */
  readonly forMs: number
  readonly warmUpMs: number
}

export interface Outcome {
  /** Answers in a second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly mean: number
  /** Answers within the SLO in a second. */
  readonly goodput: number
  readonly reports: readonly BatchReport[]
}

const jitter = 0.05
// One-way costs of a request on the event loop and on the network.
const inMs = 0.025
const outMs = 0.015
const networkMs = 0.05

/** Clients that each send again `thinkMs` (exponential) after their answer. */
export function closedLoop(load: Load, clients: number, thinkMs = 0): Promise<Outcome> {
  return simulate(load, (world) => {
    const next = (): void => {
      const pause = thinkMs === 0 ? 0 : exponential(world.random, thinkMs)
      world.after(networkMs / 2 + pause, () =>
        world.request(() => world.after(networkMs / 2, next)),
      )
    }
    for (let client = 0; client < clients; client++) next()
  })
}

/** Poisson arrivals, so many in a second; `rateAt` may change them with time. */
export function openLoop(load: Load, rateAt: (ms: number) => number): Promise<Outcome> {
  return simulate(load, (world) => {
    const next = (): void => {
      world.request(() => undefined)
      world.after(exponential(world.random, 1000 / rateAt(world.now())), next)
    }
    world.after(exponential(world.random, 1000 / rateAt(0)), next)
  })
}

interface World {
  now(): number
  after(ms: number, callback: () => void): void
  readonly random: () => number
  request(answered: () => void): void
}

async function simulate(load: Load, start: (world: World) => void): Promise<Outcome> {
  const { service, seed, forMs, warmUpMs, sloMs = 60_000 } = load
  const time = new VirtualTime()
  const random = mulberry32(seed)
  const loop = new EventLoop(time)
  const latencies: number[] = []
  const reports: BatchReport[] = []
  const batcher = new Batcher<number, number>({
    maxBatchSize: service.maxBatchSize,
    maxLatencyMs: 60_000,
    maxQueueSize: 1_000_000,
    timeoutMs: sloMs,
    pool: new SlotPool(service.slots, time),
    clock: time,
    hold: load.hold,
    run: (slices) => {
      const noise = Math.exp(jitter * normal(random))
      const ms = (service.b + service.a * slices.length) * noise
      return new Promise((resolve) =>
        time.after(ms, () => resolve(slices.map(({ input }) => input))),
      )
    },
    join: ([only = 0]) => only,
    onBatch: (report) => reports.push(report),
  })
  const request = (answered: () => void): void => {
    const sentAt = time.now()
    const settle = (isGood: boolean): void => {
      time.quietly(loop.take(outMs), () => {
        const ms = time.now() - sentAt
        if (isGood && sentAt >= warmUpMs) latencies.push(ms)
        answered()
      })
    }
    time.after(loop.take(inMs), () => {
      const deadline = sloMs < 60_000 ? sentAt + sloMs : Infinity
      const job = { input: 1, rows: 1, key: '', deadline, isGone: () => false, context: undefined }
      batcher.submit(job).then(
        () => settle(true),
        () => settle(false),
      )
    })
  }
  start({
    now: () => time.now(),
    after: (ms, callback) => time.quietly(ms, callback),
    random,
    request,
  })
  await time.runTo(forMs)
  return outcomeOf(latencies, reports, { seconds: (forMs - warmUpMs) / 1000, sloMs })
}

function outcomeOf(
  latencies: number[],
  reports: readonly BatchReport[],
  { seconds, sloMs }: { seconds: number; sloMs: number },
): Outcome {
  const sorted = Float64Array.from(latencies).toSorted()
  const at = (share: number): number =>
    sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  return {
    rate: sorted.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    mean: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length,
    goodput: sorted.filter((ms) => ms <= sloMs).length / seconds,
    reports,
  }
}

/** One thread: what it is given while it works waits. */
class EventLoop {
  readonly #time: VirtualTime
  #freeAt = 0

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** In how long work of `ms` that begins as soon as it can is done. */
  take(ms: number): number {
    const now = this.#time.now()
    this.#freeAt = Math.max(this.#freeAt, now) + ms
    return this.#freeAt - now
  }
}

interface Event {
  readonly at: number
  readonly order: number
  readonly callback: () => void
  readonly isQuiet: boolean
  isCancelled: boolean
}

class VirtualTime implements Clock {
  #now = 0
  #order = 0
  readonly #heap: Event[] = []

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    const event = this.#add(delayMs, callback, false)
    return () => {
      event.isCancelled = true
    }
  }

  /** As `after`, for what settles no promise. */
  quietly(delayMs: number, callback: () => void): void {
    this.#add(delayMs, callback, true)
  }

  precisely(delayMs: number, callback: () => void): () => void {
    return this.after(delayMs, callback)
  }

  defer(callback: () => void): void {
    this.after(0, callback)
  }

  /** Every promise that can settle does so between two events. */
  async runTo(end: number): Promise<void> {
    for (let event = this.#pop(); event !== undefined && event.at <= end; event = this.#pop()) {
      this.#now = event.at
      if (event.isCancelled) continue
      event.callback()
      if (event.isQuiet) continue
      // Settling a job is a chain of a few promises: that many turns of the microtask queue let it end.
      for (let turn = 0; turn < 8; turn++) await Promise.resolve()
    }
  }

  #add(delayMs: number, callback: () => void, isQuiet: boolean): Event {
    const at = this.#now + delayMs
    const event = { at, order: this.#order++, callback, isQuiet, isCancelled: false }
    this.#push(event)
    return event
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at], heap[parent])) break
      swap(heap, at, parent)
      at = parent
    }
  }

  #pop(): Event | undefined {
    const heap = this.#heap
    if (heap.length === 0) return undefined
    swap(heap, 0, heap.length - 1)
    const first = heap.pop()
    for (let at = 0; ;) {
      const left = 2 * at + 1
      const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      if (!isBefore(heap[child], heap[at])) return first
      swap(heap, at, child)
      at = child
    }
  }
}

function isBefore(a: Event | undefined, b: Event | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function swap(heap: Event[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]]
  if (one === undefined || other === undefined) return
  heap[a] = other
  heap[b] = one
}

/** A small seeded generator (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function exponential(random: () => number, mean: number): number {
  return -mean * Math.log(1 - random())
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
