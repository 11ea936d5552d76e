/**
 * Which of `offered` an `Accept` header wants most: the one with the highest weight, and of equals the first that is
 * offered. Undefined when it wants none of them.
 */
export function preferredType(accept: string, offered: readonly string[]): string | undefined {
  const ranges = accept.split(',').map(parseRange)
  const weights = offered.map((type) => weightOf(type, ranges))
  const best = Math.max(...weights)
  return best > 0 ? offered[weights.indexOf(best)] : undefined
}

interface Range {
  readonly name: string
  readonly weight: number
}

function parseRange(range: string): Range {
  const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  return { name, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
}

/** The most exact range counts (RFC 9110, 12.5.1). */
function weightOf(type: string, ranges: readonly Range[]): number {
  const [family = ''] = type.split('/')
  for (const name of [type, `${family}/*`, '*/*']) {
    const range = ranges.find((one) => one.name === name)
    if (range) return range.weight
  }
  return 0
}
