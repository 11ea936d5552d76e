import * as z from 'zod'

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** Bytes: a whole number, or text as Kubernetes writes quantities, as "64Mi" or "2G". Parsed to a number. */
export const byteSize = z.union([z.int().positive(), z.string()]).transform((value, context) => {
  const bytes = typeof value === 'number' ? value : parseByteSize(value)
  if (bytes !== undefined) return bytes
  context.addIssue({ code: 'custom', message: 'must be bytes, as 1048576, "64Mi" or "2G"' })
  return z.NEVER
})

/** Undefined when `text` is no quantity above 0. */
function parseByteSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text.trim()) ?? []
  const factor = units[unit]
  if (digits === '' || factor === undefined) return undefined
  const bytes = Math.round(Number(digits) * factor)
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}
