import { request as send, type Dispatcher } from 'undici'
import { BentoError, messageOf } from '../errors.ts'
import { type Drift, findDrift } from './find-drift.ts'
import type { Golden, Pair, Tolerance } from './golden.ts'

export interface Caller {
  /** Of the service, without a slash at its end. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Whose connections to take. */
  readonly dispatcher: Dispatcher
}

/** Sends a request and keeps what it is answered with. Throws SERVICE_UNREACHABLE. */
export async function recordPair(
  { url, headers, dispatcher }: Caller,
  { route, request }: Pick<Pair, 'route' | 'request'>,
): Promise<Pair> {
  try {
    const {
      statusCode,
      headers: answered,
      body,
    } = await send(`${url}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
      dispatcher,
    })
    const text = await body.text()
    const isJson = String(answered['content-type']).startsWith('application/json')
    const answer: unknown = isJson ? JSON.parse(text) : text
    return { route, request, status: statusCode, answer }
  } catch (cause) {
    throw new BentoError('SERVICE_UNREACHABLE', `${route} gave no answer: ${messageOf(cause)}`, {
      hint: 'Check that the service runs, and what it logs.',
      cause,
    })
  }
}

/** A pair whose answer is no longer what it was. */
export interface Drifted {
  /** From 1 up, as they stand in the file. */
  readonly pair: number
  readonly route: string
  readonly drift: readonly Drift[]
}

/** Replays every pair, one after the other, and gives those that drifted. */
export async function replay(
  { pairs }: Golden,
  caller: Caller,
  tolerance: Tolerance,
): Promise<Drifted[]> {
  const drifted: Drifted[] = []
  for (const [index, pair] of pairs.entries()) {
    const now = await recordPair(caller, pair)
    const drift = comparePairs(pair, now, tolerance)
    if (drift.length > 0) drifted.push({ pair: index + 1, route: pair.route, drift })
  }
  return drifted
}

/** Another status says it all: an error's words are not part of the promise. */
function comparePairs(was: Pair, is: Pair, tolerance: Tolerance): Drift[] {
  if (was.status !== is.status) return [{ at: 'status', was: was.status, is: is.status }]
  return was.status >= 400 ? [] : findDrift(was.answer, is.answer, tolerance)
}
