import type { JsonSchema } from '../../service/codec/codec.ts'
import { isJsonObject } from '../../service/codec/json-schema.ts'

/** The properties of an object's schema; none where there are none. */
export function fieldsOf({ properties }: JsonSchema): JsonSchema {
  return isJsonObject(properties) ? properties : {}
}

export function requiredOf({ required }: JsonSchema): string[] {
  return (listOf(required) ?? []).map(String)
}

/** The values that a schema lists, where it lists them. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return listOf(schema['enum']) ?? ('const' in schema ? [schema['const']] : undefined)
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}
