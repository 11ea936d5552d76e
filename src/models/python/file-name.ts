import { ShapeError } from '../../lib/shape.ts'
import type { ShapeReader } from '../../lib/shape.ts'

/** A name of a file in a folder, and nothing that leads out of it. */
export const fileName: ShapeReader<string> = (value, at) => {
  const isName = typeof value === 'string' && /^[^/\\\p{Cc}]+$/u.test(value)
  if (isName && value !== '.' && value !== '..') return value
  throw new ShapeError(at, 'the name of a file', value)
}
