import type { AppRequest, AppResponse } from '../app.ts'
import type { Recorder } from '../observe/recorder.ts'
import type { Snapshot } from '../observe/snapshot.ts'
import type { DocsPage } from './docs-page.ts'
import { type Answer, probeAnswers, type Probes } from './probes.ts'
import { jsonResponse } from './responses.ts'
import type { Router } from './router.ts'

// What the dashboard asks for, again and again.
const snapshotPath = '/dashboard.json'

/** What the routes beside a service's own answer from. */
export interface Infrastructure extends Probes {
  readonly schema: () => unknown
  readonly openapi: () => unknown
  readonly docs: DocsPage
  /** Absent in production. */
  readonly snapshot: (() => Promise<Snapshot>) | undefined
}

/** Probes, metrics, schemas and the docs page: GET and HEAD on fixed paths. */
export function addInfrastructure(router: Router, input: Infrastructure, recorder: Recorder): void {
  const add = (path: string, answer: Answer): void =>
    router.add(path, {
      methods: ['GET', 'HEAD'],
      recorder: isCounted(path) ? recorder.endpoint(path) : undefined,
      answer: async (request) => withoutBodyForHead(request, await answer(request)),
    })

  for (const [path, answer] of probeAnswers(input)) add(path, answer)
  add('/schema.json', async () => jsonResponse(200, input.schema()))
  add('/docs.json', async () => jsonResponse(200, input.openapi()))
  const { docs, snapshot } = input
  if (snapshot) add(snapshotPath, async () => jsonResponse(200, await snapshot()))
  for (const path of docs.paths) add(path, async () => docs.answer(path))
}

// A scrape that counted itself would never give the same answer twice; a page's files say nothing of a service.
function isCounted(path: string): boolean {
  if (path === '/metrics' || path === snapshotPath) return false
  return !path.startsWith('/static_content/')
}

export function withoutBodyForHead(request: AppRequest, response: AppResponse): AppResponse {
  return request.method === 'HEAD' ? { ...response, body: Buffer.alloc(0) } : response
}
