/** The candidate that a person probably meant by `word`, or undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let least = limit + 1
  for (const candidate of candidates) {
    const distance = distanceBetween(word.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours: optimal string alignment, three rows at a time. */
function distanceBetween(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      current.push(step({ a, b, row, column }, { before, above, current }))
    }
    before = above
    above = current
  }
  return above[b.length] ?? 0
}

interface Cell {
  readonly a: string
  readonly b: string
  readonly row: number
  readonly column: number
}

interface Rows {
  readonly before: readonly number[]
  readonly above: readonly number[]
  readonly current: readonly number[]
}

function step({ a, b, row, column }: Cell, { before, above, current }: Rows): number {
  const cost = a[row - 1] === b[column - 1] ? 0 : 1
  const isSwap =
    row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
  return Math.min(
    at(above, column) + 1,
    at(current, column - 1) + 1,
    at(above, column - 1) + cost,
    isSwap ? at(before, column - 2) + 1 : Infinity,
  )
}

function at(cells: readonly number[], index: number): number {
  return cells[index] ?? Infinity
}
