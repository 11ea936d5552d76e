import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { metricsContentType } from '../observe/render-metrics.ts'
import { bodyResponse, errorResponse, textResponse } from './responses.ts'

/** What probes and scrapes are answered from. */
export interface Probes {
  /** Empty when the service lives, else why not; absent: it lives whenever it answers. */
  readonly liveness?: () => Promise<string>
  /** Empty when the service can take requests, else why not. */
  readonly readiness: () => Promise<string>
  /** Undefined when metrics are not served here. */
  readonly metrics: (() => Promise<string>) | undefined
}

export type Answer = (request: AppRequest) => Promise<AppResponse>

const well = textResponse(200, '\n')

/** By path; all of them GET and HEAD. */
export function probeAnswers({
  liveness,
  readiness,
  metrics,
}: Probes): [path: string, answer: Answer][] {
  const live: Answer = async () => toAnswer('NOT_ALIVE', (await liveness?.()) ?? '')
  const answers: [string, Answer][] = [
    ['/livez', live],
    ['/healthz', live],
    ['/readyz', async () => toAnswer('NOT_READY', await readiness())],
  ]
  if (metrics) answers.push(['/metrics', async () => toMetrics(await metrics())])
  return answers
}

function toAnswer(code: 'NOT_ALIVE' | 'NOT_READY', problem: string): AppResponse {
  return problem === '' ? well : errorResponse(new BentoError(code, problem))
}

function toMetrics(text: string): AppResponse {
  return bodyResponse(200, metricsContentType, Buffer.from(text))
}
