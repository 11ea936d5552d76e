// Float16Array came with Node 24; here half floats are their bits in a Uint16Array.
const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The nearest half float's bits, ties to even, as IEEE 754 rounds. */
export function toHalfBits(value: number): number {
  float[0] = value
  const single = bits[0] ?? 0
  const sign = (single >>> 16) & 0x8000
  const magnitude = single & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) return sign | subnormalBits(magnitude)
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | Math.min((rounded - 0x38000000) >>> 13, 0x7c00)
}

function subnormalBits(magnitude: number): number {
  const shift = 126 - (magnitude >>> 23)
  if (shift > 24) return 0
  const significand = (magnitude & 0x7fffff) | 0x800000
  const kept = significand >>> shift
  const rest = significand - kept * 2 ** shift
  const half = 2 ** (shift - 1)
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept
}

export function fromHalfBits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
