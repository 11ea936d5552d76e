import type { JsonSchema } from './codec.ts'
import { isJsonObject } from './json-schema.ts'

interface Named {
  readonly name: string
  readonly schema: JsonSchema
}

/** The body with what the path says on top, for each parameter that has the name of a part of the path. */
export function withPathParams(
  parameters: readonly Named[],
  body: unknown,
  params: Readonly<Record<string, string>>,
): unknown {
  if (!isJsonObject(body)) return body
  const merged = { ...body }
  for (const { name, schema } of parameters) {
    const text = Object.hasOwn(params, name) ? params[name] : undefined
    if (text !== undefined) merged[name] = toValue(text, schema['type'])
  }
  return merged
}

/** What is not of the type stays text, so that the schema says what is wrong with it. */
function toValue(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'number' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
