/*
 * CityHash64 of its first version (Pike and Alakuijala, 2011): four ways, by the length of what is hashed. Numbers are of
 * 64 bits and wrap around; what was added or multiplied is cut to them before its bits are moved.
 */

const k0 = 0xc3a5c85c97cb3127n
const k1 = 0xb492b66fbe98f273n
const k2 = 0x9ae16a3b2f90404fn
const k3 = 0xc949d7c7509e6557n
const mixer = 0x9ddfea08eb382d69n

export function cityHash64(bytes: Buffer): bigint {
  const { length } = bytes
  if (length <= 16) return cut(hashShort(bytes))
  if (length <= 32) return hashTo32(bytes)
  return length <= 64 ? hashTo64(bytes) : hashLong(bytes)
}

function cut(x: bigint): bigint {
  return BigInt.asUintN(64, x)
}

function turn(x: bigint, bits: bigint): bigint {
  const whole = cut(x)
  return (whole >> bits) | cut(whole << (64n - bits))
}

function fold(x: bigint): bigint {
  const whole = cut(x)
  return whole ^ (whole >> 47n)
}

/** Two numbers to one. */
function join(u: bigint, v: bigint): bigint {
  const whole = cut(v)
  const mixed = fold((cut(u) ^ whole) * mixer)
  return cut(fold((whole ^ mixed) * mixer) * mixer)
}

/** The eight bytes at a place; below zero from the end on. */
function eight(bytes: Buffer, at: number): bigint {
  return bytes.readBigUInt64LE(at < 0 ? bytes.length + at : at)
}

function hashShort(bytes: Buffer): bigint {
  const { length } = bytes
  const size = BigInt(length)
  if (length > 8) {
    const end = eight(bytes, -8)
    return join(eight(bytes, 0), turn(end + size, size)) ^ end
  }
  if (length >= 4) {
    const start = BigInt(bytes.readUInt32LE(0))
    return join(size + (start << 3n), BigInt(bytes.readUInt32LE(length - 4)))
  }
  if (length === 0) return k2
  const head = bytes.readUInt8(0) + (bytes.readUInt8(length >> 1) << 8)
  const tail = length + (bytes.readUInt8(length - 1) << 2)
  return fold((BigInt(head) * k2) ^ (BigInt(tail) * k3)) * k2
}

function hashTo32(bytes: Buffer): bigint {
  const a = eight(bytes, 0) * k1
  const b = eight(bytes, 8)
  const c = eight(bytes, -8) * k2
  const d = eight(bytes, -16) * k0
  const size = BigInt(bytes.length)
  return join(turn(a - b, 43n) + turn(c, 30n) + d, a + turn(b ^ k3, 20n) - c + size)
}

type Pair = readonly [bigint, bigint]

function hashTo64(bytes: Buffer): bigint {
  const size = BigInt(bytes.length)
  const start = eight(bytes, 0) + (size + eight(bytes, -16)) * k0
  const [v, vs] = mixEnds(start, {
    last: eight(bytes, 24),
    more: [eight(bytes, 8), eight(bytes, 16)],
  })
  const next = eight(bytes, 16) + eight(bytes, -32)
  const [w, ws] = mixEnds(next, {
    last: eight(bytes, -8),
    more: [eight(bytes, -24), eight(bytes, -16)],
  })
  const joined = fold((v + ws) * k2 + (w + vs) * k0)
  return cut(fold(joined * k0 + vs) * k2)
}

function mixEnds(start: bigint, { last, more }: { last: bigint; more: Pair }): Pair {
  const [first, second] = more
  const middle = start + first
  const end = middle + second
  return [
    end + last,
    turn(start + last, 52n) + turn(end, 31n) + turn(start, 37n) + turn(middle, 7n),
  ]
}

/** Blocks of 64 bytes, of which the last may overlap; the end of all is mixed in first. */
function hashLong(bytes: Buffer): bigint {
  const size = BigInt(bytes.length)
  let x = eight(bytes, 0)
  let y = eight(bytes, -16) ^ k1
  let z = eight(bytes, -56) ^ k0
  let v = mix32(bytes, bytes.length - 64, [size, y])
  let w = mix32(bytes, bytes.length - 32, [size * k1, k0])
  z += fold(v[1]) * k1
  x = turn(z + x, 39n) * k1
  y = turn(y, 33n) * k1
  const end = (bytes.length - 1) & ~63
  for (let at = 0; at < end; at += 64) {
    const mixed = cut(turn(x + y + v[0] + eight(bytes, at + 16), 37n) * k1) ^ cut(w[1])
    y = cut(turn(y + v[1] + eight(bytes, at + 48), 42n) * k1) ^ cut(v[0])
    x = turn(cut(z) ^ cut(w[0]), 33n)
    v = mix32(bytes, at, [v[1] * k1, mixed + w[0]])
    w = mix32(bytes, at + 32, [x + w[1], y])
    z = mixed
  }
  return join(join(v[0], w[0]) + fold(y) * k1 + z, join(v[1], w[1]) + x)
}

/** 32 bytes and two numbers to two numbers. */
function mix32(bytes: Buffer, at: number, [a, b]: Pair): Pair {
  const start = a + eight(bytes, at)
  const last = eight(bytes, at + 24)
  const end = start + eight(bytes, at + 8) + eight(bytes, at + 16)
  return [end + last, turn(b + start + last, 21n) + turn(end, 44n) + start]
}
