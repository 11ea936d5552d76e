/** A finite number with a decimal point or an exponent, by which Python tells it from an integer. */
export function floatText(value: number): string {
  if (!Number.isInteger(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  const digits = String(value)
  return digits.includes('e') ? digits : `${digits}.0`
}
