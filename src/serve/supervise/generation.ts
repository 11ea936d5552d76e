import type { Socket } from 'node:net'
import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { BackOff } from './back-off.ts'
import { type Fork, forkWorker } from './fork.ts'
import type { FromWorker, WorkerData } from './protocol.ts'
import { WorkerProcess } from './worker-process.ts'

export interface GenerationInput {
  /** `dist/service.mjs` of the build that these workers run. */
  readonly file: string
  readonly workers: number
  /** A process that was forked ahead, for the first worker. */
  readonly spare?: Fork
  /** What worker `index` is told. */
  readonly dataFor: (index: number) => WorkerData
  readonly clock: Clock
  readonly runTimeoutMs: number
  readonly onAsk: (worker: WorkerProcess, message: FromWorker & { type: 'ask' }) => void
  /** Some worker can take connections that could not before. */
  readonly onOpen: () => void
  readonly onDeath: (worker: WorkerProcess) => void
}

const silentMs = 10_000

/** The workers of one build: started, watched and replaced together. */
export class Generation {
  readonly #input: GenerationInput
  readonly #slots: Slot[]
  readonly ready: Promise<void>
  #spare: Fork | undefined
  #isReady = false
  #isDraining = false
  #next = 0
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined
  readonly #ended: (() => void)[] = []

  constructor(input: GenerationInput) {
    this.#input = input
    this.#spare = input.spare
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#slots = Array.from({ length: input.workers }, (_, index) => ({
      index: index + 1,
      backOff: new BackOff(),
      worker: undefined,
    }))
    for (const slot of this.#slots) this.#start(slot)
  }

  /** Gives a connection to the next ready worker, or else to one that at least answers probes. */
  dispatch(socket: Socket): boolean {
    const worker = this.#nextIn('ready') ?? this.#nextIn('listening')
    worker?.give(socket)
    return worker !== undefined
  }

  /** Empty when all is well. */
  readiness(): string {
    if (this.#isDraining) return 'The service is shutting down'
    const isServing = this.#slots.some((slot) => slot.worker?.state === 'ready')
    const looping = this.#slots.find((slot) => slot.backOff.isLooping && !isReady(slot))
    if (looping) return `A worker cannot stay up: ${looping.lastError ?? 'unknown'}`
    return isServing ? '' : 'The service is starting'
  }

  /** Kills whoever hangs: an event loop that is silent, or a run that never ends. */
  watch(): void {
    for (const { worker } of this.#slots) {
      // The import of a user's module may block for as long as it likes.
      if (!worker || worker.state === 'dead' || worker.state === 'starting') continue
      const silentForMs = this.#input.clock.now() - worker.lastBeatAt
      const problem = problemOf(worker, silentForMs, this.#input.runTimeoutMs)
      if (problem !== undefined) worker.kill(`hung: ${problem}`)
    }
  }

  /** Resolves when every worker has finished and ended. */
  async drain(lastCallMs: number): Promise<void> {
    this.#isDraining = true
    for (const { worker } of this.#slots) worker?.drain(lastCallMs)
    if (this.#isOver) return
    await new Promise<void>((resolve) => this.#ended.push(resolve))
  }

  kill(): void {
    this.#isDraining = true
    for (const { worker } of this.#slots) worker?.kill('killed')
  }

  get #isOver(): boolean {
    return this.#slots.every(({ worker }) => !worker || worker.state === 'dead')
  }

  #nextIn(state: 'ready' | 'listening'): WorkerProcess | undefined {
    for (let tries = 0; tries < this.#slots.length; tries++) {
      const worker = this.#slots[this.#next++ % this.#slots.length]?.worker
      if (worker?.state === state) return worker
    }
    return undefined
  }

  #start(slot: Slot): void {
    const { file, dataFor, onAsk } = this.#input
    const fork = this.#spare ?? forkWorker(file)
    this.#spare = undefined
    slot.worker = new WorkerProcess(fork, dataFor(slot.index), {
      asked: onAsk,
      changed: (worker) => this.#changed(slot, worker),
    })
  }

  #changed(slot: Slot, worker: WorkerProcess): void {
    if (worker.state === 'dead') this.#died(slot, worker)
    if (worker.state === 'listening' || worker.state === 'ready') this.#input.onOpen()
    if (this.#slots.every(isReady)) {
      this.#isReady = true
      this.#settle?.resolve()
    }
  }

  #died(slot: Slot, worker: WorkerProcess): void {
    this.#input.onDeath(worker)
    slot.lastError = worker.error?.message
    if (this.#isDraining) {
      if (this.#isOver) for (const resolve of this.#ended.splice(0)) resolve()
      return
    }
    if (!this.#isReady) {
      // What cannot start once will not start the next time either: the caller hears why.
      this.#settle?.reject(toStartupError(worker.error))
      this.kill()
      return
    }
    const delayMs = slot.backOff.delayAfter(this.#input.clock.now() - worker.startedAt)
    this.#input.clock.after(delayMs, () => {
      if (!this.#isDraining) this.#start(slot)
    })
  }
}

interface Slot {
  readonly index: number
  readonly backOff: BackOff
  worker: WorkerProcess | undefined
  lastError?: string | undefined
}

function isReady(slot: Slot): boolean {
  return slot.worker?.state === 'ready'
}

function problemOf(
  worker: WorkerProcess,
  silentForMs: number,
  runTimeoutMs: number,
): string | undefined {
  if (silentForMs > silentMs) return `its event loop was silent for ${silentMs / 1000} s`
  if (worker.oldestRunMs > runTimeoutMs) return `a run took longer than ${runTimeoutMs / 1000} s`
  return undefined
}

/** What a service throws while it starts is its own, not a bug of bento. */
function toStartupError(error: Error | undefined): Error {
  if (isBentoError(error)) return error
  return new BentoError('STARTUP_FAILED', `The service did not start: ${messageOf(error)}`, {
    hint: 'Read the stack in the log above, which names the line.',
  })
}
