import type { BentoManifest } from '../store/manifest.ts'
import type { Curve } from './advise.ts'
import { measureCurve, sizesUpTo } from './measure-curve.ts'
import { type MethodCaller, runMethod } from './run-method.ts'

/** How much to measure. */
export interface Effort {
  /** Absent: twice what is in force. */
  readonly upTo: number | undefined
  readonly rounds: number
  readonly signal: AbortSignal
}

export type BatchedApi = BentoManifest['apis'][number]

export async function measureMethod(
  { name, max_batch_size: inForce }: BatchedApi,
  caller: MethodCaller,
  { upTo = 2 * inForce, ...effort }: Effort,
): Promise<Curve> {
  const sizes = sizesUpTo(upTo, inForce)
  const points = await measureCurve({ ...effort, sizes, run: (rows) => runMethod(caller, rows) })
  return { kind: 'method', name, inForce, points, ...cutShort(sizes, points) }
}

export function cutShort(sizes: readonly number[], points: Curve['points']): Pick<Curve, 'note'> {
  const next = sizes[points.length]
  if (next === undefined) return {}
  return { note: `${next} rows were not measured: they take too long, or are refused` }
}

/** Options under which a request is a batch of its own, whatever its size, and its answer says what that took. */
export function measuringOptions(
  apis: readonly BatchedApi[],
  upTo: number | undefined,
): Record<string, unknown> {
  const sizes = apis.map(({ name, max_batch_size: inForce }) => [
    name,
    { maxBatchSize: Math.max(inForce, upTo ?? 2 * inForce), maxLatencyMs: 600_000 },
  ])
  return {
    batching: { adaptive: false },
    traffic: { timeout: 600 },
    http: { response: { serverTiming: true } },
    logging: { access: { enabled: false } },
    apis: Object.fromEntries(sizes),
  }
}
