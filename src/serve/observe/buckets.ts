import type { ServeOptions } from '../../config/service-options.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import type { Buckets } from './recorder.ts'

const defaultMaxBatchSize = 100

/** Worker and supervisor must agree on the bounds, so that both have them from here. */
export function bucketsOf(options: ServeOptions, manifest: BentoManifest): Buckets {
  const sizes = manifest.apis.map(
    (api) => options.apis[api.name]?.maxBatchSize ?? api.max_batch_size,
  )
  return {
    durationSeconds: durationBuckets(options.metrics.duration),
    batchRows: batchSizeBuckets(Math.max(defaultMaxBatchSize, ...sizes)),
  }
}

/** BentoML's default buckets, in seconds. */
const defaultDurationBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 180,
]

export interface BucketOptions {
  readonly buckets?: readonly number[] | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly factor?: number | undefined
}

/** Exponential from `min` to `max` by `factor` when all three are given, else `buckets`, else BentoML's. */
export function durationBuckets(options: BucketOptions): readonly number[] {
  const { min, max, factor } = options
  if (min === undefined || max === undefined || factor === undefined) {
    return options.buckets ?? defaultDurationBuckets
  }
  const buckets: number[] = []
  for (let bound = min; bound < max && buckets.length < 100; bound *= factor) buckets.push(bound)
  return [...buckets, max]
}

/** 1, 2, 4, … and the largest batch of the service. */
export function batchSizeBuckets(maxBatchSize: number): readonly number[] {
  const buckets: number[] = []
  for (let size = 1; size < maxBatchSize; size *= 2) buckets.push(size)
  return [...buckets, maxBatchSize]
}
