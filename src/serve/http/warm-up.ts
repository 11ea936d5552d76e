import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import { createContext } from '../../service/context.ts'
import { RequestIds } from '../tracing/request-ids.ts'
import type { CallInput } from './api-call.ts'
import type { ApiRouteInput } from './api-route.ts'

/** Answers the warm-ups of a method, one after the other, as if a client had sent them. Throws STARTUP_FAILED. */
export async function runWarmUp(
  input: ApiRouteInput,
  answer: (job: CallInput) => Promise<unknown>,
): Promise<void> {
  const { warmUp, warmUps = [] } = input.api
  const given = warmUp === undefined ? warmUps : [warmUp, ...warmUps]
  for (const one of given) await answerOne(one, input, answer)
}

async function answerOne(
  given: unknown,
  { api, state, logger }: ApiRouteInput,
  answer: (job: CallInput) => Promise<unknown>,
): Promise<void> {
  const signal = new AbortController().signal
  const request = { method: 'POST', path: api.route, headers: {}, signal }
  const deadline = Infinity
  const context = createContext(request, { state, logger, deadline, ids: new RequestIds(request) })
  try {
    const body = Buffer.from(JSON.stringify(given))
    const input: unknown = await api.codec.decode(body, 'application/json')
    await answer({ input, context, deadline, isGone: () => false })
  } catch (error) {
    throw warmUpFailed(api.name, error)
  } finally {
    await context.aftermath?.finish()
  }
}

function warmUpFailed(name: string, cause: unknown): BentoError {
  const fields = isBentoError(cause) ? (cause.detail ?? []) : []
  const reasons = fields.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
  const reason = reasons.length > 0 ? reasons.join('; ') : messageOf(cause)
  return new BentoError('STARTUP_FAILED', `The warm-up of "${name}" failed: ${reason}`, {
    hint: 'Correct `warmUp` in `@api`, the file of --warm-up, or what the method does with it.',
    cause,
  })
}
