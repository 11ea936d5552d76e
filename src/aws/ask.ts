import { BentoError, messageOf } from '../errors.ts'

/** A call to who lends credentials. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
  } catch (cause) {
    throw failed(`Nobody lends credentials at ${new URL(url).host}: ${messageOf(cause)}`, cause)
  }
}

export function failed(message: string, cause?: unknown): BentoError {
  return new BentoError('CREDENTIALS_MISSING', message, {
    hint: 'Give the machine, pod or pipeline a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ...(cause === undefined ? {} : { cause }),
  })
}
