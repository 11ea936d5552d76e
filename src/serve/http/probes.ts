import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { metricsContentType } from '../observe/render-metrics.ts'
import { bodyResponse, errorResponse, textResponse } from './responses.ts'

/** What probes and scrapes are answered from. */
export interface Probes {
  /** Empty when the service can take requests, else why not. */
  readonly readiness: () => Promise<string>
  /** Undefined when metrics are not served here. */
  readonly metrics: (() => Promise<string>) | undefined
}

export type Answer = (request: AppRequest) => Promise<AppResponse>

const alive = textResponse(200, '\n')

/** By path; all of them GET and HEAD. */
export function probeAnswers({ readiness, metrics }: Probes): [path: string, answer: Answer][] {
  const answers: [string, Answer][] = [
    ['/livez', async () => alive],
    ['/healthz', async () => alive],
    ['/readyz', async () => toReadiness(await readiness())],
  ]
  if (metrics) answers.push(['/metrics', async () => toMetrics(await metrics())])
  return answers
}

function toReadiness(problem: string): AppResponse {
  return problem === '' ? alive : errorResponse(new BentoError('NOT_READY', problem))
}

function toMetrics(text: string): AppResponse {
  return bodyResponse(200, metricsContentType, Buffer.from(text))
}
