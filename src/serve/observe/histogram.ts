import type { Series } from './counter-file.ts'

/** Layout of a histogram's values: the sum, then one count for each bucket and one for the rest. */
export function histogramSize(buckets: readonly number[]): number {
  return buckets.length + 2
}

export function observe(series: Series, buckets: readonly number[], value: number): void {
  observeAt(series.values, { from: 0, buckets }, value)
}

/** A histogram that begins at `from` among other values. */
export function observeAt(
  values: Float64Array,
  { from, buckets }: { readonly from: number; readonly buckets: readonly number[] },
  value: number,
): void {
  let index = 0
  while (index < buckets.length && value > (buckets[index] ?? Infinity)) index++
  values[from] = (values[from] ?? 0) + value
  values[from + index + 1] = (values[from + index + 1] ?? 0) + 1
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
