import { BackOff } from './back-off.ts'
import type { WorkerProcess } from './worker-process.ts'

/** The place of one worker in a generation: who is in it, who comes next, and how that went before. */
export class Slot {
  /** From 1. */
  readonly index: number
  /** Between a death and the next start. */
  readonly deaths = new BackOff()
  /** Between one planned replacement and the next: what is too big from its start must not be replaced all the time. */
  readonly #replacements = new BackOff()
  worker: WorkerProcess | undefined
  /** Starts while `worker` goes on, and takes its place when it is ready. */
  next: WorkerProcess | undefined
  lastError: string | undefined
  /** Takes back the start of another worker after a death. */
  cancelStart: () => void = () => undefined
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

  /** `next` takes over, or the attempt has failed. Gives the worker that has had its time. */
  settleNext(now: number): WorkerProcess | undefined {
    const { worker, next } = this
    this.#replaceAfter = now + this.#replacements.delayAfter(worker?.readyForMs(now) ?? 0)
    this.next = undefined
    if (next?.state === 'dead') return undefined
    this.worker = next
    return worker
  }
}
