/** Writes an id, given as lower-case hexadecimal. */
export type IdFormat = (hex: string) => string

/**
 * Compiles what Python calls a format of whole numbers, as `032x`, `x`, `16X` or `d`: a width, filled with zeros or
 * blanks, in hexadecimal or decimal. `digits` is how many the id itself has.
 */
export function compileIdFormat(format: string, digits: number): IdFormat {
  const [, zero = '', width = '', kind = 'x'] = /^(0?)(\d*)([xXd])$/.exec(format) ?? []
  // What nearly everybody has costs nothing.
  if (kind === 'x' && zero !== '' && Number(width) === digits) return (hex) => hex
  const fill = zero === '' ? ' ' : '0'
  return (hex) => toNumeral(hex, kind).padStart(Number(width), fill)
}

function toNumeral(hex: string, kind: string): string {
  const number = BigInt(`0x${hex}`)
  if (kind === 'd') return number.toString()
  const text = number.toString(16)
  return kind === 'X' ? text.toUpperCase() : text
}
