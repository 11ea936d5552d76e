import type { ServeOptions } from '../../config/service-options.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What makes a worker one to be killed or replaced. */
export interface WorkerBounds {
  readonly silentMs: number
  readonly runTimeoutMs: number
  readonly maxRssBytes: number | undefined
  readonly maxRequests: number | undefined
}

// Workers beat every second.
const mostSilentMs = 10_000

export function boundsOf({ runTimeout, maxWorkerRss, maxRequests }: ServeOptions): WorkerBounds {
  return {
    silentMs: mostSilentMs,
    runTimeoutMs: runTimeout * 1000,
    maxRssBytes: maxWorkerRss,
    maxRequests,
  }
}

/** Why a worker is past help, or undefined. While it starts, its own code may block it for as long as it likes. */
export function findHang(
  worker: Pick<WorkerProcess, 'state' | 'lastBeatAt' | 'beat'>,
  { silentMs, runTimeoutMs }: WorkerBounds,
  now: number,
): string | undefined {
  if (worker.state !== 'ready' && worker.state !== 'draining') return undefined
  const age = now - worker.lastBeatAt
  if (age > silentMs) return `its event loop was silent for ${silentMs / 1000} s`
  if (worker.beat.oldestRunMs > runTimeoutMs) {
    return `a run took longer than ${runTimeoutMs / 1000} s`
  }
  return undefined
}

// What a drain may take on top of the longest that a request may take.
const drainMarginMs = 5000

/** How long what is in flight may take to finish. */
export function graceOf({ traffic }: ServeOptions): number {
  return traffic.timeout * 1000 + drainMarginMs
}

export interface Excess {
  readonly what: string
  /** For when a new worker is soon no better. */
  readonly advice: string
}

/** Why a worker has served its time, or undefined. */
export function findExcess(
  { beat, jitter }: WorkerProcess,
  { maxRssBytes, maxRequests }: WorkerBounds,
): Excess | undefined {
  if (maxRssBytes !== undefined && beat.rssBytes > maxRssBytes) {
    const what = `uses ${mebibytes(beat.rssBytes)} MiB of memory, over the maximum of ${mebibytes(maxRssBytes)} MiB`
    return { what, advice: 'raise maxWorkerRss' }
  }
  if (maxRequests !== undefined && beat.requests >= maxRequests * (1 + jitter)) {
    const what = `has had ${beat.requests} requests, of ${maxRequests}`
    return { what, advice: 'raise maxRequests' }
  }
  return undefined
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
