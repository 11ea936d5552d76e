import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import { exampleRequests } from './curl-example.ts'

export interface ChosenRequest {
  readonly route: string
  readonly bodies: readonly string[]
}

/** The route that was named, or the first; with bodies that were given, or an example of its schema. */
export function chooseRequest(
  document: unknown,
  endpoint: string | undefined,
  bodies: readonly string[] | undefined,
): ChosenRequest {
  const examples = exampleRequests(document)
  const wanted = endpoint === undefined || endpoint.startsWith('/') ? endpoint : `/${endpoint}`
  const found = wanted === undefined ? examples[0] : examples.find(({ route }) => route === wanted)
  if (found) return { route: found.route, bodies: bodies ?? [found.body] }
  const routes = examples.map(({ route }) => route)
  const meant = closest(wanted ?? '', routes)
  throw new BentoError('USAGE', `The service has no method "${wanted ?? ''}" that takes JSON`, {
    hint: meant === undefined ? `It has ${routes.join(', ') || 'none'}.` : `Did you mean ${meant}?`,
  })
}
