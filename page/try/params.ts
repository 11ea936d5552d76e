import { createField } from './create-field.ts'
import type { Endpoint } from './endpoints.ts'
import type { Field } from './field.ts'
import { writeJson } from './write.ts'

/** What stands in the path, as a field. */
export function paramsField({ params }: Endpoint, document: unknown): Field {
  const entries = params.map(([name, schema]) => ({
    name,
    isRequired: true,
    isSet: true,
    field: createField(schema, document),
  }))
  return { type: 'object', schema: {}, entries }
}

export function paramsOf(params: Field): (readonly [string, string])[] {
  if (params.type !== 'object') return []
  return params.entries.map(({ name, field }) => [name, plainText(field)])
}

/** In a path nothing is quoted. */
function plainText(field: Field): string {
  if (field.type === 'text' || field.type === 'number') return field.text
  const option = field.type === 'choice' ? field.options[field.at] : undefined
  return typeof option === 'string' ? option : writeJson(field)
}
