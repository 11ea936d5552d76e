import { BentoError } from '../../errors.ts'
import type { Schema } from '../schema-types.ts'

/** Some libraries' schemas are functions. */
export function isSchema(value: unknown): value is Schema {
  const isHolder = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isHolder && '~standard' in value
}

/** Throws SERVICE_INVALID for what only looks like a schema, or is none. `where` begins the message. */
export function requireSchema(where: string, value: unknown): Schema {
  if (isSchema(value) && typeof value['~standard']?.validate === 'function') return value
  throw new BentoError('SERVICE_INVALID', `${where} has no schema`, {
    hint: 'Give a schema of a library that follows Standard Schema, as `z.string()` of zod 4.',
  })
}
