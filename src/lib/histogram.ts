/** Layout of a histogram's values: the sum, then one count for each bucket and one for the rest. */
export function histogramSize(buckets: readonly number[]): number {
  return buckets.length + 2
}

/** `buckets` are upper bounds, ascending. */
export function observe(values: Float64Array, buckets: readonly number[], value: number): void {
  observeAt(values, { from: 0, buckets }, value)
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
