import type { JobTiming } from '../batching/job.ts'

/** Who is told: everybody, who asks for it, nobody. */
export type ServerTimingMode = 'always' | 'asked' | 'never'

/** The header that asks. */
export const timingHeader = 'x-bento-timing'

/** What one request spent its time on, as the header `Server-Timing` of W3C Server Timing says it. */
export class ServerTiming {
  readonly job: JobTiming = { queuedMs: 0, runMs: 0, batchRows: 0, reason: undefined }
  readonly #startedAt = performance.now()
  #parsedAt = 0
  #answeredAt = 0

  parsed(): void {
    this.#parsedAt = performance.now()
  }

  answered(): void {
    this.#answeredAt = performance.now()
  }

  /** To be called once the answer is encoded. */
  headers(): Record<string, string> {
    const { queuedMs, runMs, batchRows, reason } = this.job
    const parts = [
      `parse;dur=${rounded(this.#parsedAt - this.#startedAt)}`,
      `queue;dur=${rounded(queuedMs)}`,
      `infer;dur=${rounded(runMs)}`,
      `encode;dur=${rounded(performance.now() - this.#answeredAt)}`,
    ]
    if (reason) parts.push(`batch;desc="${batchRows} rows, ${reason}"`)
    return { 'server-timing': parts.join(', ') }
  }
}

function rounded(ms: number): string {
  return String(Math.round(ms * 1000) / 1000)
}
