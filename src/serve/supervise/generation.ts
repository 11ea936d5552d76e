import type { Socket } from 'node:net'
import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { HealthReport } from '../health.ts'
import type { RestartReason } from './counters.ts'
import { type Fork, forkWorker } from './fork.ts'
import type { WorkerData } from './protocol.ts'
import { Slot } from './slot.ts'
import { findExcess, findHang, type WorkerBounds } from './worker-health.ts'
import { WorkerProcess, type WorkerRequest } from './worker-process.ts'

export interface GenerationInput {
  /** `dist/service.mjs` of the build that these workers run. */
  readonly file: string
  readonly workers: number
  /** A process that was forked ahead, for the first worker. */
  readonly spare?: Fork
  /** What worker `index` is told. */
  readonly dataFor: (index: number) => WorkerData
  readonly clock: Clock
  readonly bounds: WorkerBounds
  /** How long a drain may take before what still runs is killed. */
  readonly graceMs: number
  readonly say: (line: string) => void
  readonly onBorn: (worker: WorkerProcess) => void
  readonly onAsk: (worker: WorkerProcess, message: WorkerRequest) => void
  /** Some worker can take connections that could not before. */
  readonly onOpen: () => void
  readonly onDeath: (worker: WorkerProcess) => void
  /** Another takes the place of a worker. */
  readonly onRestart: (reason: RestartReason) => void
}

// There is time to tell every client of a worker that is replaced to come back on a new connection.
export const replaceLastCallMs = 2000

const well: HealthReport = { liveness: '', readiness: '' }

/** The workers of one build: started, watched and replaced together. */
export class Generation {
  readonly #input: GenerationInput
  readonly #slots: readonly Slot[]
  /** Every process that lives: those in slots, those that come, those that go. */
  readonly #living = new Set<WorkerProcess>()
  /** Those that go, and until when they may. */
  readonly #going = new Map<WorkerProcess, number>()
  readonly ready: Promise<void>
  #spare: Fork | undefined
  #isReady = false
  #isDraining = false
  /** Nobody has been killed before it had finished. */
  #isWhole = true
  #next = 0
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
  readonly #ended: (() => void)[] = []

  constructor(input: GenerationInput) {
    this.#input = input
    this.#spare = input.spare
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#slots = Array.from({ length: input.workers }, (_, index) => new Slot(index + 1))
    for (const slot of this.#slots) slot.worker = this.#fork(slot)
  }

  /** Gives a connection to the next ready worker, or else to one that at least answers probes. */
  dispatch(socket: Socket): boolean {
    const worker = this.#nextIn('ready') ?? this.#nextIn('listening')
    worker?.give(socket)
    return worker !== undefined
  }

  /** Empty when all is well. */
  readiness(): string {
    const looping = this.#slots.find((slot) => slot.isLooping)
    if (looping) return `A worker cannot stay up: ${looping.lastError ?? 'unknown'}`
    return this.#slots.some((slot) => slot.isReady) ? '' : 'The service is starting'
  }

  /** What the service's own checks said last: it is dead where one worker is, and ready while another is. */
  get health(): HealthReport {
    const reports = this.#slots.map(({ worker }) => worker?.beat.health ?? well)
    const dead = reports.find(({ liveness }) => liveness !== '')
    const isReady = reports.some(({ readiness }) => readiness === '')
    const [first = well] = reports
    return { liveness: dead?.liveness ?? '', readiness: isReady ? '' : first.readiness }
  }

  /** Every worker dies whenever it is started. */
  get isLooping(): boolean {
    return this.#isReady && this.#slots.every((slot) => slot.isLooping)
  }

  /** Kills whoever hangs, and replaces whoever has served its time. */
  watch(): void {
    const { clock, bounds } = this.#input
    const now = clock.now()
    for (const worker of this.#living) {
      const hang = findHang(worker, bounds, now)
      if (hang !== undefined) worker.killHung(hang)
    }
    for (const [worker, until] of this.#going) if (now > until) worker.kill(unfinished(this.#input))
    if (!this.#isDraining) this.#replaceOne(now)
  }

  /** Nothing was heard of any of them because nobody listened. */
  excuse(now: number): void {
    for (const worker of this.#living) worker.excuse(now)
  }

  /** Resolves when every worker has finished and ended: true, or false when one was killed before it had. */
  async drain(lastCallMs: number): Promise<boolean> {
    this.#end()
    for (const worker of this.#living) worker.drain(lastCallMs)
    const { clock, graceMs, say } = this.#input
    const cancel = clock.after(graceMs, () => {
      say(`A worker ${unfinished(this.#input)}`)
      this.kill()
    })
    if (!this.#isOver) await new Promise<void>((resolve) => this.#ended.push(resolve))
    cancel()
    return this.#isWhole
  }

  kill(): void {
    this.#end()
    for (const worker of this.#living) worker.kill('killed')
  }

  /** Nobody is started any more. */
  #end(): void {
    this.#isDraining = true
    for (const slot of this.#slots) slot.cancelStart()
  }

  get #isOver(): boolean {
    return this.#living.size === 0
  }

  #nextIn(state: 'ready' | 'listening'): WorkerProcess | undefined {
    for (let tries = 0; tries < this.#slots.length; tries++) {
      const worker = this.#slots[this.#next++ % this.#slots.length]?.worker
      if (worker?.state === state) return worker
    }
    return undefined
  }

  #fork(slot: Slot): WorkerProcess {
    const { file, dataFor, onAsk, onBorn } = this.#input
    const fork = this.#spare ?? forkWorker(file)
    this.#spare = undefined
    const worker = new WorkerProcess(fork, dataFor(slot.index), {
      asked: onAsk,
      changed: (changed) => this.#changed(slot, changed),
    })
    this.#living.add(worker)
    onBorn(worker)
    return worker
  }

  /** One at a time, so that the others carry the load. */
  #replaceOne(now: number): void {
    if (!this.#isReady || this.#living.size > this.#slots.length) return
    for (const slot of this.#slots) {
      const excess =
        slot.canBeReplaced(now) && slot.worker && findExcess(slot.worker, this.#input.bounds)
      if (!excess) continue
      this.#input.onRestart('recycled')
      slot.replaceBy(this.#fork(slot), now)
      const advice = slot.isReplacedInVain ? `. So were those before it: ${excess.advice}` : ''
      this.#input.say(`Worker ${slot.index} is replaced: it ${excess.what}${advice}`)
      return
    }
  }

  #changed(slot: Slot, worker: WorkerProcess): void {
    if (worker.state === 'dead') this.#died(slot, worker)
    if (worker.state === 'ready') slot.hasBeenReady = true
    if (worker.state === 'ready' && worker === slot.next) this.#takeOver(slot)
    if (worker.state === 'listening' || worker.state === 'ready') this.#input.onOpen()
    if (this.#slots.every(({ isReady }) => isReady)) {
      this.#isReady = true
      this.#settle?.resolve()
    }
  }

  #takeOver(slot: Slot): void {
    const { clock, graceMs } = this.#input
    const now = clock.now()
    const previous = slot.settleNext(now)
    if (!previous) return
    this.#going.set(previous, now + graceMs)
    previous.drain(replaceLastCallMs)
  }

  #died(slot: Slot, worker: WorkerProcess): void {
    this.#living.delete(worker)
    this.#going.delete(worker)
    this.#input.onDeath(worker)
    if (this.#isDraining) {
      if (!worker.isDrained) this.#isWhole = false
      if (this.#isOver) for (const resolve of this.#ended.splice(0)) resolve()
      return
    }
    if (worker === slot.next) slot.settleNext(this.#input.clock.now())
    if (worker !== slot.worker) return
    slot.lastError = worker.error?.message
    if (this.#isReady || slot.hasBeenReady) this.#restart(slot, worker)
    else this.#giveUp(worker)
  }

  /** What cannot start once will not start the next time either: the caller hears why. */
  #giveUp(worker: WorkerProcess): void {
    this.#settle?.reject(toStartupError(worker.error))
    this.kill()
  }

  #restart(slot: Slot, dead: WorkerProcess): void {
    const { clock, onRestart } = this.#input
    const delayMs = slot.deaths.delayAfter(dead.readyForMs(clock.now()))
    if (slot.next) {
      // Its successor is on the way already.
      slot.settleNext(clock.now())
      return
    }
    slot.worker = undefined
    onRestart(dead.isHung ? 'hung' : 'died')
    slot.cancelStart = clock.after(delayMs, () => {
      slot.worker = this.#fork(slot)
    })
    // What waits for a worker that does not stay up need not wait any longer.
    if (this.isLooping) this.#input.onOpen()
  }
}

function unfinished({ graceMs }: GenerationInput): string {
  const grace = `${graceMs / 1000} s (traffic.timeout and 5 s)`
  return `did not finish what was under way within ${grace}, and was cut off`
}

/** What a service throws while it starts is its own, not a bug of bento. */
function toStartupError(error: Error | undefined): Error {
  if (isBentoError(error)) return error
  return new BentoError('STARTUP_FAILED', `The service did not start: ${messageOf(error)}`, {
    hint: 'Read the stack in the log above, which names the line.',
  })
}
