import { BentoError } from '../errors.ts'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `500ms`, `10s`, `2m` to milliseconds. Throws USAGE. */
export function parseDuration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const factor = units[unit]
  if (factor !== undefined) return Number(digits) * factor
  throw new BentoError('USAGE', `"${text}" is no time`, {
    hint: 'Write a number and ms, s, m or h, as 10s.',
  })
}
