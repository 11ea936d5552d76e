import { randomUUID } from 'node:crypto'

// Not to be found in what anybody sends.
const mark = `bigint:${randomUUID()}:`
const marked = new RegExp(`"${mark}(-?\\d+)"`, 'g')

/** JSON of a value with integers of any size, which JSON.stringify refuses. Undefined is null. */
export function toJsonText(value: unknown): string {
  let hasBigint = false
  const written: string | undefined = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'bigint') return each
    hasBigint = true
    return `${mark}${each}`
  })
  const text = written ?? 'null'
  return hasBigint ? text.replaceAll(marked, '$1') : text
}
