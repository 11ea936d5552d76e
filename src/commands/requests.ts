import type { Place } from '../client/read-document.ts'
import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import { exampleRequests } from './curl-example.ts'
import { fetchDocument, type RunningService } from './running-service.ts'
import { sampleRequests } from './sample-requests.ts'

export interface ChosenRequest {
  readonly route: string
  readonly bodies: readonly string[]
  /** The tag of the model with which the bodies are stored, where they are. */
  readonly model?: string
}

/** As `chooseRequest`; without bodies, the rows that are stored with the model are better than an example. */
export async function findRequest(
  { bento, ...service }: Place & Pick<RunningService, 'bento'>,
  endpoint: string | undefined,
  bodies: readonly string[] | undefined,
): Promise<ChosenRequest> {
  const document = await fetchDocument(service, '/docs.json')
  const chosen = chooseRequest(document, endpoint, bodies)
  if (bodies !== undefined || bento === undefined) return chosen
  const samples = await sampleRequests(document, bento)
  return samples.find(({ route }) => route === chosen.route) ?? chosen
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
