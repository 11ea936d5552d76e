import { curl } from './curl.ts'
import { fetchCall } from './fetch.ts'
import { python } from './python.ts'
import type { SnippetInput } from './snippet.ts'
import { typeScript } from './type-script.ts'

/** The request in each language, to paste where it is needed. */
export const snippets: readonly (readonly [string, (input: SnippetInput) => string])[] = [
  ['curl', curl],
  ['fetch', fetchCall],
  ['TypeScript', typeScript],
  ['Python', python],
]
