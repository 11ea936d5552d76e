/** Sizes of batches are told apart by powers of two, as far as anybody has rows. */
export const rowBuckets = 21

/** The bucket of a batch: 1; 2; 3 and 4; 5 to 8; … */
export function rowBucketOf(rows: number): number {
  return Math.min(rowBuckets - 1, Math.ceil(Math.log2(Math.max(1, rows))))
}
