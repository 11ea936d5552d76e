import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import type { Recorder } from '../observe/recorder.ts'
import { metricsContentType } from '../observe/render-metrics.ts'
import type { DocsPage } from './docs-page.ts'
import { bodyResponse, errorResponse, jsonResponse, textResponse } from './responses.ts'
import type { Router } from './router.ts'

/** What the routes beside a service's own answer from. */
export interface Infrastructure {
  /** Empty when the service can take requests, else why not. */
  readonly readiness: () => Promise<string>
  /** Undefined when metrics are switched off. */
  readonly metrics: (() => Promise<string>) | undefined
  readonly schema: () => unknown
  readonly openapi: () => unknown
  readonly docs: DocsPage
}

/** Probes, metrics, schemas and the docs page: GET and HEAD on fixed paths. */
export function addInfrastructure(router: Router, input: Infrastructure, recorder: Recorder): void {
  const add = (path: string, answer: (request: AppRequest) => Promise<AppResponse>): void =>
    router.add(path, {
      methods: ['GET', 'HEAD'],
      recorder: isCounted(path) ? recorder.endpoint(path) : undefined,
      answer: async (request) => withoutBodyForHead(request, await answer(request)),
    })

  for (const path of ['/livez', '/healthz']) add(path, async () => alive)
  add('/readyz', async () => toReadiness(await input.readiness()))
  add('/schema.json', async () => jsonResponse(200, input.schema()))
  add('/docs.json', async () => jsonResponse(200, input.openapi()))
  const { metrics, docs } = input
  if (metrics) add('/metrics', async () => toMetrics(await metrics()))
  for (const path of docs.paths) add(path, async () => docs.answer(path))
}

// A scrape that counted itself would never give the same answer twice; a page's files say nothing of a service.
function isCounted(path: string): boolean {
  return path !== '/metrics' && !path.startsWith('/static_content/')
}

const alive = textResponse(200, '\n')

function toReadiness(problem: string): AppResponse {
  return problem === '' ? alive : errorResponse(new BentoError('NOT_READY', problem))
}

function toMetrics(text: string): AppResponse {
  return bodyResponse(200, metricsContentType, Buffer.from(text))
}

function withoutBodyForHead(request: AppRequest, response: AppResponse): AppResponse {
  return request.method === 'HEAD' ? { ...response, body: Buffer.alloc(0) } : response
}
