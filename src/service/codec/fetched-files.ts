import type { JsonSchema, RequestResources } from './codec.ts'
import type { Parameter } from './input.ts'
import { isFileKind } from './kinds.ts'

/** A URL in a file's place is fetched, where that is allowed; its schema refuses the string that it is otherwise. */
export async function fetchFiles(
  parameters: readonly Parameter[],
  values: JsonSchema,
  resources: RequestResources,
): Promise<JsonSchema> {
  if (!resources.fetchFile) return values
  const fetched = { ...values }
  for (const { name, kind } of parameters) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined || !isFileKind(kind)) continue
    fetched[name] = Array.isArray(value)
      ? await fetchList(value, resources)
      : await fetchFile(value, resources)
  }
  return fetched
}

// A short body must not make a server fetch for long; what comes on top stays a string, and is refused.
const mostUrls = 16

async function fetchList(
  values: readonly unknown[],
  resources: RequestResources,
): Promise<unknown> {
  const fetched: unknown[] = []
  for (const [index, value] of values.entries()) {
    fetched.push(index < mostUrls ? await fetchFile(value, resources) : value)
  }
  return fetched
}

/** The file at `value`, if it is a URL; else what it is. */
export async function fetchFile(
  value: unknown,
  { fetchFile: fetch }: RequestResources,
): Promise<unknown> {
  return fetch && typeof value === 'string' && isUrl.test(value) ? fetch(value) : value
}

const isUrl = /^https?:\/\//i
// Longer ones no server takes.
const longestUrl = 8 * 1024

/** The URL that a whole body is, bare or as a string of JSON's. */
export function urlIn(body: Buffer): string | undefined {
  if (body.length > longestUrl) return undefined
  const text = body
    .toString()
    .trim()
    .replace(/^"(.*)"$/s, '$1')
  return isUrl.test(text) && !/\s/.test(text) ? text : undefined
}
