import { BentoError } from '../../errors.ts'
import { toleratedMs, waitedTooLong } from './refusals.ts'

/** Why a batch was sent when it was. */
export type BatchReason = 'full' | 'knee' | 'herd' | 'hold-expired' | 'idle' | 'deadline' | 'drain'

/** Rows `from` up to `to` of one request's input. */
export interface Slice<Input, Context> {
  readonly input: Input
  readonly from: number
  readonly to: number
  readonly context: Context
}

export type TakenSlice<Input, Output, Context> = Slice<Input, Context> & {
  readonly job: Job<Input, Output, Context>
}

/** Filled in as a request goes through its batch; of several batches, the last one counts. */
export interface JobTiming {
  /** Milliseconds from arrival to the start of the batch. */
  queuedMs: number
  /** Milliseconds of the batch's run. */
  runMs: number
  /** Rows of the batch, those of other requests included. */
  batchRows: number
  reason: BatchReason | undefined
}

export interface JobInput<Input, Context> {
  readonly input: Input
  readonly rows: number
  /** Only jobs of one key share a batch. */
  readonly key: string
  /** Clock time after which the answer is worthless; Infinity for none. */
  readonly deadline: number
  /** The deadline is the client's own: a miss is refused even by an idle server. */
  readonly isFirm?: boolean | undefined
  /** Asked when the job's turn comes: true when nobody waits for the answer any more. */
  readonly isGone: () => boolean
  readonly context: Context
  readonly timing?: JobTiming | undefined
}

interface Settlers<Output> {
  readonly arrivedAt: number
  readonly maxLatencyMs: number
  readonly join: (outputs: readonly Output[]) => Output
  readonly resolve: (output: Output) => void
  readonly reject: (error: unknown) => void
}

interface Piece<Output> {
  readonly from: number
  readonly output: Output
}

/** One request in the queue. It may run in several pieces; it answers once, whole. */
export class Job<Input, Output, Context> {
  readonly input: JobInput<Input, Context>
  readonly rows: number
  readonly deadline: number
  readonly arrivedAt: number
  readonly #settlers: Settlers<Output>
  #pieces: Piece<Output>[] | undefined
  /** Rows already given to a batch. */
  #taken = 0
  #done = 0
  #hasFailed = false
  #isTrial = false

  constructor(input: JobInput<Input, Context>, settlers: Settlers<Output>) {
    this.input = input
    this.rows = input.rows
    this.deadline = input.deadline
    this.arrivedAt = settlers.arrivedAt
    this.#settlers = settlers
  }

  get left(): number {
    return this.rows - this.#taken
  }

  /** It runs as long as its deadline has not passed, whatever a run is believed to take. */
  runAnyway(): void {
    this.#isTrial = true
  }

  /** When its first batch must have started; Infinity when that is not asked, or done. */
  get startBy(): number {
    if (this.#isTrial || this.#taken > 0) return Infinity
    return this.arrivedAt + this.#settlers.maxLatencyMs + toleratedMs
  }

  take(rows: number): TakenSlice<Input, Output, Context> {
    const from = this.#taken
    this.#taken += rows
    const { input, context } = this.input
    return { input, from, to: this.#taken, context, job: this }
  }

  /** Fails the job when its answer has no taker, or cannot be there in time; true when it did. */
  dropIfDead(now: number, runMs: number): boolean {
    if (this.#hasFailed) return true
    const leastMs = this.#isTrial ? 0 : runMs
    if (now >= this.deadline || now + leastMs > this.deadline) this.fail(expired())
    else if (this.input.isGone()) this.fail(new BentoError('CANCELLED', 'The client has left'))
    else if (now > this.startBy) {
      this.fail(waitedTooLong(now - this.arrivedAt, this.#settlers.maxLatencyMs))
    }
    return this.#hasFailed
  }

  settle(piece: { from: number; to: number }, output: Output | undefined): void {
    if (this.#hasFailed) return
    if (output === undefined) {
      this.fail(new Error('A batch gave no output for one of its slices'))
      return
    }
    this.#done += piece.to - piece.from
    if (this.#done === this.rows && this.#pieces === undefined) {
      this.#settlers.resolve(output)
      return
    }
    const pieces = (this.#pieces ??= [])
    pieces.push({ from: piece.from, output })
    if (this.#done < this.rows) return
    // Pieces of one request may end in any order when several slots work on it.
    const inOrder = pieces.toSorted((a, b) => a.from - b.from)
    this.#settlers.resolve(this.#settlers.join(inOrder.map((one) => one.output)))
  }

  fail(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#settlers.reject(error)
  }
}

export function expired(): BentoError {
  return new BentoError('EXPIRED', 'The deadline passes before the request could be answered')
}
