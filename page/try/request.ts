import type { Endpoint } from './endpoints.ts'
import type { Field } from './field.ts'
import { FieldProblem, type Part, writeJson, writeParts } from './write.ts'

/** What is sent, before it is: a snippet shows the same as the page does. */
export interface Request {
  readonly path: string
  /** What the path says, by its names. */
  readonly params: readonly (readonly [string, string])[]
  readonly contentType: string
  readonly body:
    | { readonly type: 'json'; readonly text: string }
    | { readonly type: 'parts'; readonly parts: readonly Part[] }
    | { readonly type: 'file'; readonly file: File }
    | { readonly type: 'text'; readonly text: string }
}

/** Throws FieldProblem for what cannot be sent. */
export function buildRequest(
  { route, contentType }: Endpoint,
  body: Field,
  params: readonly (readonly [string, string])[],
): Request {
  return { path: pathOf(route, params), params, contentType, body: bodyOf(contentType, body) }
}

function pathOf(route: string, params: readonly (readonly [string, string])[]): string {
  let path = route
  for (const [name, value] of params) {
    if (value === '') throw new FieldProblem('The path needs this', [name])
    path = path.replace(`{${name}}`, () => encodeURIComponent(value))
  }
  return path
}

function bodyOf(contentType: string, field: Field): Request['body'] {
  if (contentType === 'application/json') return { type: 'json', text: writeJson(field) }
  if (contentType === 'multipart/form-data') return { type: 'parts', parts: writeParts(field) }
  if (field.type === 'file') {
    const [file] = field.files
    if (!file) throw new FieldProblem('Choose a file', [])
    return { type: 'file', file }
  }
  return { type: 'text', text: field.type === 'text' ? field.text : writeJson(field) }
}
