/** Adds to `sums`, row by row, what the model says of `count` rows. All numbers are already in the model's precision. */
export type Sums = (rows: Float64Array, count: number, sums: Float64Array) => void
