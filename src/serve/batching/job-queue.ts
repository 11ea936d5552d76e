import type { Job, TakenSlice } from './job.ts'

/** Jobs in order of arrival, one line for each batch key. */
export class JobQueue<Input, Output, Context> {
  readonly #maxRows: number
  // A Map keeps insertion order, and a key that was emptied goes to the end: keys take turns.
  readonly #lines = new Map<string, Job<Input, Output, Context>[]>()
  #rows = 0

  constructor(maxRows: number) {
    this.#maxRows = maxRows
  }

  get rows(): number {
    return this.#rows
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0
  }

  push(job: Job<Input, Output, Context>): void {
    const line = this.#lines.get(job.key)
    if (line) line.push(job)
    else this.#lines.set(job.key, [job])
    this.#rows += job.rows
  }

  /** Takes off the jobs whose answer nobody waits for. */
  dropDead(now: number): void {
    for (const [key, line] of this.#lines) {
      const alive = line.filter((job) => !job.dropIfDead(now))
      if (alive.length === line.length) continue
      if (alive.length === 0) this.#lines.delete(key)
      else this.#lines.set(key, alive)
    }
    this.#rows = 0
    for (const line of this.#lines.values()) for (const job of line) this.#rows += job.left
  }

  /** The next batch: jobs of one key while they fit, and as much as fits of one that is larger than any batch. */
  take(): TakenSlice<Input, Output, Context>[] {
    const [next] = this.#lines
    if (!next) return []
    const [key, line] = next
    const slices: TakenSlice<Input, Output, Context>[] = []
    let room = this.#maxRows
    let whole = 0
    for (const job of line) {
      if (!this.#fits(job, room)) break
      const { from, to } = job.take(Math.min(job.left, room))
      slices.push({ input: job.input, from, to, context: job.context, job })
      room -= to - from
      if (job.left > 0) break
      whole++
    }
    this.#rows -= this.#maxRows - room
    this.#requeue(key, line.slice(whole))
    return slices
  }

  #fits(job: Job<Input, Output, Context>, room: number): boolean {
    if (job.left <= room) return true
    return room > 0 && job.rows > this.#maxRows
  }

  #requeue(key: string, rest: Job<Input, Output, Context>[]): void {
    this.#lines.delete(key)
    if (rest.length > 0) this.#lines.set(key, rest)
  }
}
