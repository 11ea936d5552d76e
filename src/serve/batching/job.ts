import { BentoError } from '../../errors.ts'

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

export interface JobInput<Input, Context> {
  readonly input: Input
  readonly rows: number
  /** Only jobs of one key share a batch. */
  readonly key: string
  /** Clock time after which the answer is worthless; Infinity for none. */
  readonly deadline: number
  /** Asked when the job's turn comes: true when nobody waits for the answer any more. */
  readonly isGone: () => boolean
  readonly context: Context
}

interface Settlers<Output> {
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
  readonly input: Input
  readonly rows: number
  readonly key: string
  readonly context: Context
  readonly #options: JobInput<Input, Context> & Settlers<Output>
  readonly #pieces: Piece<Output>[] = []
  /** Rows already given to a batch. */
  #taken = 0
  #done = 0
  #hasFailed = false

  constructor(options: JobInput<Input, Context> & Settlers<Output>) {
    this.input = options.input
    this.rows = options.rows
    this.key = options.key
    this.context = options.context
    this.#options = options
  }

  get left(): number {
    return this.rows - this.#taken
  }

  take(rows: number): { from: number; to: number } {
    const from = this.#taken
    this.#taken += rows
    return { from, to: this.#taken }
  }

  /** Fails the job when its answer has no taker; true when it did. */
  dropIfDead(now: number): boolean {
    if (this.#hasFailed) return true
    if (now >= this.#options.deadline) this.fail(expired())
    else if (this.#options.isGone()) this.fail(new BentoError('CANCELLED', 'The client has left'))
    return this.#hasFailed
  }

  settle(piece: { from: number; to: number }, output: Output | undefined): void {
    if (this.#hasFailed) return
    // A batch function that answers fewer outputs than slices is a bug of ours, never a wrong answer.
    if (output === undefined) {
      this.fail(new Error('A batch gave no output for one of its slices'))
      return
    }
    this.#pieces.push({ from: piece.from, output })
    this.#done += piece.to - piece.from
    if (this.#done === this.rows) this.#options.resolve(this.#whole(output))
  }

  fail(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#options.reject(error)
  }

  #whole(only: Output): Output {
    if (this.#pieces.length === 1) return only
    // Pieces of one request may end in any order when several slots work on it.
    const inOrder = this.#pieces.toSorted((a, b) => a.from - b.from)
    return this.#options.join(inOrder.map((piece) => piece.output))
  }
}

function expired(): BentoError {
  return new BentoError('EXPIRED', 'The deadline passed before the request could run')
}
