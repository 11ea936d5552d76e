import type { Endpoint } from '../endpoints.ts'
import type { Request } from '../request.ts'

export interface SnippetInput {
  readonly url: string
  /** Name of the service's class. */
  readonly service: string
  readonly endpoint: Endpoint
  readonly request: Request
  /** A key is needed; it is not shown. */
  readonly needsKey: boolean
}

/** As a string of JavaScript, Python or JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** What stands in JSON text, its strings left as they are. */
export function replaceWords(json: string, replace: (word: string) => string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|[\w.+-]+/g, (token) =>
    token.startsWith('"') ? token : replace(token),
  )
}

/** An integer that JavaScript would round. */
export function isWide(word: string): boolean {
  return /^-?\d+$/.test(word) && !Number.isSafeInteger(Number(word))
}
