import type { ProfilePoint } from '../config/profile-file.ts'
import { kneeOf } from '../serve/batching/cap.ts'
import { ServiceModel } from '../serve/batching/service-model.ts'

/** What is batched: a method of the service, or a model that any method runs. */
export interface Curve {
  readonly kind: 'method' | 'model'
  readonly name: string
  /** `max_batch_size` as it is now. */
  readonly inForce: number
  readonly points: readonly ProfilePoint[]
  /** Of a model: how it was called. */
  readonly signature?: string
  /** Why there are no points, or fewer than were asked for. */
  readonly note?: string
}

/** What a `max_batch_size` costs and gives. */
export interface SizeAdvice extends ProfilePoint {
  readonly rowsPerSecond: number
  /** Of the highest rate that was measured. */
  readonly share: number
  /** For who just missed a batch, on a busy server without a queue: that batch, and then the own one. */
  readonly worstMs: number
}

export interface Advice {
  readonly launchMs: number
  readonly perRowMs: number
  /**
   * Larger batches are hardly cheaper by the row: the batcher sends them only when a backlog waits. Absent: beyond all that
   * was measured.
   */
  readonly knee?: number
  /** The smallest size that was measured with nearly the highest rate. */
  readonly enough: number
  readonly sizes: readonly SizeAdvice[]
}

const nearly = 0.95

/** Reads the curve as the batcher does. Undefined without points. */
export function adviseOn({ points }: Curve): Advice | undefined {
  const rates = points.map(({ rows, ms }) => (rows / ms) * 1000)
  const best = Math.max(...rates)
  const enough = points.find((_, at) => (rates[at] ?? 0) >= nearly * best)
  if (enough === undefined) return undefined
  const model = new ServiceModel(points)
  const { launchMs, perRowMs } = model
  const sizes = points.map((point, at) => {
    const rowsPerSecond = rates[at] ?? 0
    return { ...point, rowsPerSecond, share: rowsPerSecond / best, worstMs: 2 * point.ms }
  })
  const knee = kneeOf(model)
  const isSeen = knee <= (points.at(-1)?.rows ?? 0)
  return { launchMs, perRowMs, ...(isSeen && { knee }), enough: enough.rows, sizes }
}
