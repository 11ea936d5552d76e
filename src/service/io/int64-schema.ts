import { createSchema, issue } from './own-schema.ts'
import type { OwnSchema } from './own-schema.ts'

export type Int64Schema = OwnSchema<bigint | number, bigint>

const [min, max] = [-(2n ** 63n), 2n ** 63n - 1n]

/**
 * A whole number of 64 bits, which a number of JavaScript would round above 2^53. Within an object of zod, write
 * `z.int64()`: zod takes no other.
 */
export function int64(): Int64Schema {
  return createSchema(
    'int64',
    (value) => {
      const wide = toBigInt(value)
      if (typeof wide !== 'bigint') return issue(wide, 'Input should be a valid integer')
      if (wide >= min && wide <= max) return { value: wide }
      const type = wide < min ? 'greater_than_equal' : 'less_than_equal'
      return issue(type, 'Input should be a valid integer of 64 bits')
    },
    { type: 'integer', format: 'int64' },
  )
}

/** Or what is wrong, as pydantic names it. */
function toBigInt(value: unknown): bigint | string {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : 'int_from_float'
  if (typeof value !== 'string') return 'int_type'
  // For clients that have no such numbers. None of 64 bits is longer.
  return /^[+-]?\d{1,20}$/.test(value) ? BigInt(value.replace('+', '')) : 'int_parsing'
}
