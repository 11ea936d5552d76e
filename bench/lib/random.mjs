/** Seeded uniform numbers in [0, 1): Marsaglia's xorshift32. Same seed, same numbers on every machine. */
export function createRandom(seed) {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** `length` numbers of six digits in [-1, 1), as a client would send them. */
export function createFloats(length, seed) {
  const random = createRandom(seed)
  return Array.from({ length }, () => Number((random() * 2 - 1).toFixed(6)))
}
