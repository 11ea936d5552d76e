import { BackOff } from './back-off.ts'
import type { WorkerProcess } from './worker-process.ts'

// The worker that there is goes on meanwhile.
const mostReplaceDelayMs = 60_000

type Occupant = Pick<WorkerProcess, 'state' | 'readyForMs'>

/** The place of one worker in a generation: who is in it, who comes next, and how that went before. */
export class Slot<Worker extends Occupant = WorkerProcess> {
  /** From 1. */
  readonly index: number
  /** Between a death and the next start. */
  readonly deaths = new BackOff()
  /** Between one planned replacement and the next: what is too big from its start must not be replaced all the time. */
  readonly #replacements = new BackOff(mostReplaceDelayMs)
  worker: Worker | undefined
  /** Starts while `worker` goes on, and takes its place when it is ready. */
  next: Worker | undefined
  lastError: string | undefined
  /** A death is no sign that nothing can start here. */
  hasBeenReady = false
  /** Takes back the start of another worker after a death. */
  cancelStart: () => void = () => undefined
  #replaceDelayMs = 0
  #replaceAfter = -Infinity

  constructor(index: number) {
    this.index = index
  }

  get isReady(): boolean {
    return this.worker?.state === 'ready'
  }

  /** It dies whenever it is started. */
  get isLooping(): boolean {
    return this.deaths.isLooping && !this.isReady
  }

  canBeReplaced(now: number): boolean {
    return this.isReady && this.next === undefined && now >= this.#replaceAfter
  }

  /** Starts the replacement of a worker that had its time. */
  replaceBy(next: Worker, now: number): void {
    this.next = next
    // Counted from when it might have been replaced: what it had to wait for that is no sign of health.
    const since = now - this.#replaceAfter
    const usefulMs = Math.min(since, this.worker?.readyForMs(now) ?? 0)
    this.#replaceDelayMs = this.#replacements.delayAfter(usefulMs)
  }

  /** Replacing it helps only for moments. */
  get isReplacedInVain(): boolean {
    return this.#replacements.isLooping
  }

  /** `next` takes over, or the attempt has failed. Gives the worker that has had its time. */
  settleNext(now: number): Worker | undefined {
    const { worker, next } = this
    this.#replaceAfter = now + this.#replaceDelayMs
    this.next = undefined
    if (next?.state === 'dead') return undefined
    this.worker = next
    return worker
  }
}
