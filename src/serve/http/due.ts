import { BentoError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { parseRequestTimeout, requestTimeoutHeader } from '../../lib/request-timeout.ts'
import type { AppRequest } from '../app.ts'

/** When a request has to be answered. */
export interface Due {
  readonly deadline: number
  /** It is the client's own: what would miss it is refused at once. */
  readonly isFirm: boolean
  /** How long it may take in all. */
  readonly allowedMs: number
}

/** The earliest of what the host, the client and the service say. */
export function dueOf(request: AppRequest, now: number, timeoutMs: number): Due {
  const askedMs = parseRequestTimeout(request.headers[requestTimeoutHeader])
  const latest = request.deadline ?? now + timeoutMs
  if (askedMs === undefined || now + askedMs >= latest) {
    const isFirm = request.deadline !== undefined
    return { deadline: latest, isFirm, allowedMs: latest - now }
  }
  return { deadline: now + askedMs, isFirm: true, allowedMs: askedMs }
}

/** Rejects with TIMEOUT when the deadline passes first. The work goes on: nothing can stop it. */
export function byDeadline<Value>(
  { deadline, allowedMs }: Due,
  work: Promise<Value>,
  clock: Clock,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leftMs = Math.max(0, deadline - clock.now())
    const cancel = clock.after(leftMs, () => reject(timedOut(allowedMs)))
    const settle = <Argument>(callback: (argument: Argument) => void) => {
      return (argument: Argument): void => {
        cancel()
        callback(argument)
      }
    }
    work.then(settle(resolve), settle(reject))
  })
}

function timedOut(timeoutMs: number): BentoError {
  return new BentoError(
    'TIMEOUT',
    `Not able to process the request in ${Math.round(timeoutMs) / 1000} seconds`,
  )
}
