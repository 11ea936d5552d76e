/** Changed lines with some of those around them: "-" is gone, "+" is new. Empty when nothing differs. */
export function renderDiff(before: string, after: string, context = 2): string {
  const lines = diffLines(toLines(before), toLines(after))
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(isChange),
  )
  const parts: string[] = []
  for (const [at, line] of lines.entries()) {
    if (shown[at] === true) parts.push(line)
    else if (shown[at - 1] === true && shown.includes(true, at)) parts.push('  …')
  }
  return parts.join('\n')
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function isChange(line: string): boolean {
  return !line.startsWith('  ')
}

/** By the longest common subsequence: manifests are short. */
function diffLines(before: readonly string[], after: readonly string[]): string[] {
  const lengths = commonLengths(before, after)
  const lines: string[] = []
  let [a, b] = [0, 0]
  while (a < before.length || b < after.length) {
    const isSame = a < before.length && before[a] === after[b]
    // Beyond an end the length is -1, so that what is left of the other side comes.
    const isRemoved = lengthAt(lengths, a + 1, b) >= lengthAt(lengths, a, b + 1)
    if (isSame) lines.push(`  ${before[a]}`)
    else lines.push(isRemoved ? `- ${before[a]}` : `+ ${after[b]}`)
    if (isSame || isRemoved) a += 1
    if (isSame || !isRemoved) b += 1
  }
  return lines
}

function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const rows: number[][] = [Array.from({ length: after.length + 1 }, () => 0)]
  for (const line of before.toReversed()) {
    const below = rows[0] ?? []
    const row = Array.from({ length: after.length + 1 }, () => 0)
    for (let at = after.length - 1; at >= 0; at--) {
      const same = line === after[at]
      row[at] = same ? (below[at + 1] ?? 0) + 1 : Math.max(below[at] ?? 0, row[at + 1] ?? 0)
    }
    rows.unshift(row)
  }
  return rows
}

function lengthAt(lengths: readonly (readonly number[])[], row: number, column: number): number {
  return lengths[row]?.[column] ?? -1
}
