import { resolveRef } from '../../src/commands/schema-example.ts'

export type Schema = Readonly<Record<string, unknown>>

/** What the service's OpenAPI document says, in which schemas refer to each other. */
export type Document = unknown

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function schemaAt(value: unknown, key: string): Schema {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Follows references, as often as it takes; words beside a reference stay. */
export function resolve(schema: unknown, document: Document): Schema {
  let here = isObject(schema) ? schema : {}
  for (let depth = 0; depth < 32; depth++) {
    const { $ref, ...rest } = here
    if (typeof $ref !== 'string') break
    const target = resolveRef($ref, document)
    here = { ...(isObject(target) ? target : {}), ...rest }
  }
  return here
}

/** Empty where it says none. */
export function typeOf(schema: Schema): string {
  const types = [schema['type']].flat().filter((type) => typeof type === 'string')
  return types.find((type) => type !== 'null') ?? types[0] ?? ''
}
