/** For sorting the same way on every machine: `localeCompare` depends on where it runs. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
