const buckets = 2048

/** What the network was trained on: counts of three letters in a row, hashed, and scaled to length one. */
export function piecesOf(text: string): number[] {
  const counts = Array<number>(buckets).fill(0)
  const letters = Array.from(` ${text.toLowerCase().replaceAll(/[^\p{L}]+/gu, ' ').trim()} `)
  for (let at = 0; at + 2 < letters.length; at++) {
    const code = letters.slice(at, at + 3).reduce(hash, 0)
    counts[code % buckets] = (counts[code % buckets] ?? 0) + 1
  }
  const length = Math.hypot(...counts)
  return length === 0 ? counts : counts.map((count) => count / length)
}

function hash(code: number, letter: string): number {
  return (code * 31 + (letter.codePointAt(0) ?? 0)) % 65_521
}
