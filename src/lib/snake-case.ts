/**
 * Class name to bento name, cut as BentoML cuts it, so that a service keeps its bento's name when it moves:
 * capitals start words only where a lower-case letter or a digit follows. Tags lower-case what is left.
 */
export function toSnakeCase(name: string): string {
  return name.replace(/(?<![A-Z])[A-Z]+(?=[a-z0-9])/g, (capitals, at: number) => {
    const run = capitals.slice(0, -1)
    const words = run === '' ? capitals : `${run}_${capitals.slice(-1)}`
    return `${at === 0 ? '' : '_'}${words.toLowerCase()}`
  })
}
