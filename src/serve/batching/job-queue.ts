import { expired, type Job, type TakenSlice } from './job.ts'

/** Jobs of one batch key, the earliest deadline first; with equal timeouts that is the order of arrival. */
export class JobQueue<Input, Output, Context> {
  readonly #maxRows: number
  #jobs: Job<Input, Output, Context>[] = []
  /** What lies before this has been taken: moving the rest at every batch would cost more than it. */
  #head = 0
  #rows = 0

  /** A job of more than `maxRows` rows is cut up. */
  constructor(maxRows: number) {
    this.#maxRows = maxRows
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#rows
  }

  /** A job may have no rows at all. */
  get isEmpty(): boolean {
    return this.first === undefined
  }

  get first(): Job<Input, Output, Context> | undefined {
    return this.#jobs[this.#head]
  }

  push(job: Job<Input, Output, Context>): void {
    this.#rows += job.rows
    const last = this.#jobs.at(-1)
    if (last === undefined || last.deadline <= job.deadline) this.#jobs.push(job)
    else this.#insert(job)
  }

  /** Drops all whom nobody waits for, or whose deadline would pass within `runMs`. Walks the whole queue. */
  dropDead(now: number, runMs: number): void {
    const alive: Job<Input, Output, Context>[] = []
    this.#rows = 0
    for (let at = this.#head; at < this.#jobs.length; at++) {
      const job = this.#jobs[at]
      if (job === undefined || job.dropIfDead(now, runMs)) continue
      alive.push(job)
      this.#rows += job.left
    }
    this.#jobs = alive
    this.#head = 0
  }

  /** Drops the dead at the head, so that `first` lives. */
  dropDeadHead(now: number, runMs: number): void {
    for (let job = this.first; job !== undefined; job = this.first) {
      if (!job.dropIfDead(now, runMs)) return
      this.#shift(job)
    }
  }

  /** Those who wait, the first one first. */
  *jobs(): Generator<Job<Input, Output, Context>> {
    for (let at = this.#head; at < this.#jobs.length; at++) {
      const job = this.#jobs[at]
      if (job !== undefined) yield job
    }
  }

  /** Gives up the first ones. */
  expireHeads(count: number): void {
    for (let left = count; left > 0; left--) {
      const { first } = this
      if (first === undefined) return
      first.fail(expired())
      this.#shift(first)
    }
  }

  /** Rows that a batch of at most `limit` would get: whole jobs, and a part only of what is larger than any batch. */
  fitting(limit: number): number {
    let rows = 0
    for (let at = this.#head; at < this.#jobs.length; at++) {
      const job = this.#jobs[at]
      if (job === undefined) break
      const fits = this.#fits(job, limit - rows, rows === 0)
      rows += fits
      if (fits < job.left || rows >= limit) break
    }
    return rows
  }

  /** Takes the next batch; empty when all are dead. */
  take(limit: number, now: number, runMs: number): TakenSlice<Input, Output, Context>[] {
    const slices: TakenSlice<Input, Output, Context>[] = []
    let room = limit
    for (let job = this.first; job !== undefined && room > 0; job = this.first) {
      if (job.dropIfDead(now, runMs)) {
        this.#shift(job)
        continue
      }
      const rows = this.#fits(job, room, slices.length === 0)
      if (rows === 0 && job.left > 0) break
      this.#rows -= rows
      room -= rows
      slices.push(job.take(rows))
      if (job.left > 0) break
      this.#head++
    }
    this.#compact()
    return slices
  }

  #insert(job: Job<Input, Output, Context>): void {
    const { first } = this
    // A job that was begun stays in front, since a piece of it is under way.
    const start = first !== undefined && first.left < first.rows ? this.#head + 1 : this.#head
    const later = this.#jobs.findIndex((other, at) => at >= start && other.deadline > job.deadline)
    this.#jobs.splice(later < 0 ? this.#jobs.length : later, 0, job)
  }

  #fits(job: Job<Input, Output, Context>, room: number, isFirst: boolean): number {
    if (job.left <= room) return job.left
    if (job.rows > this.#maxRows) return Math.max(0, room)
    // A limit below the batch's own must not starve a job that a batch could hold.
    return isFirst ? job.left : 0
  }

  #shift(job: Job<Input, Output, Context>): void {
    this.#rows -= job.left
    this.#head++
    this.#compact()
  }

  #compact(): void {
    if (this.#head === this.#jobs.length) {
      this.#jobs = []
      this.#head = 0
    } else if (this.#head > 256) {
      this.#jobs = this.#jobs.slice(this.#head)
      this.#head = 0
    }
  }
}
