import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import { createContext } from '../../service/context.ts'
import { RequestIds } from '../tracing/request-ids.ts'
import type { CallInput } from './api-call.ts'
import type { ApiRouteInput } from './api-route.ts'

/** Answers `warmUp` of a method as if a client had sent it. Throws STARTUP_FAILED. */
export async function runWarmUp(
  { api, state, logger }: ApiRouteInput,
  answer: (job: CallInput) => Promise<unknown>,
): Promise<void> {
  if (api.warmUp === undefined) return
  const signal = new AbortController().signal
  const request = { method: 'POST', path: api.route, headers: {}, signal }
  const deadline = Infinity
  const context = createContext(request, { state, logger, deadline, ids: new RequestIds(request) })
  try {
    const body = Buffer.from(JSON.stringify(api.warmUp))
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
    hint: 'Correct `warmUp` in `@api`, or what the method does with it.',
    cause,
  })
}
