const single = new Float32Array(1)
const bits = new Int32Array(single.buffer)

/** The largest float32 below `value`, which is rounded to float32 first; NaN where there is none. */
export function before(value: number): number {
  single[0] = value
  if (single[0] === -Infinity || Number.isNaN(single[0])) return NaN
  if (single[0] === 0) bits[0] = -0x7f_ff_ff_ff
  else bits[0] = (bits[0] ?? 0) + ((bits[0] ?? 0) > 0 ? -1 : 1)
  return single[0]
}
