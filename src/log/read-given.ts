import { format, types } from 'node:util'
import { messageOf } from '../errors.ts'
import type { Fields } from './render-line.ts'

/** What a method was given, as fields and a message. A property that throws when it is read fails no request. */
export function readGiven(own: Fields, given: readonly unknown[]): Reading {
  try {
    return read(own, given)
  } catch (error) {
    return { fields: own, message: `What was to be logged cannot be read: ${messageOf(error)}` }
  }
}

interface Reading {
  readonly fields: Fields
  readonly message: string
}

function read(own: Fields, given: readonly unknown[]): Reading {
  const [first, ...rest] = given
  if (typeof first !== 'object' || first === null) {
    return { fields: own, message: format(...given) }
  }
  const fields = types.isNativeError(first) ? { err: first } : first
  const message = rest.length === 0 && types.isNativeError(first) ? first.message : format(...rest)
  return { fields: { ...own, ...fields }, message }
}
