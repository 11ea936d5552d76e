import { BentoError, messageOf } from '../../errors.ts'
import { numberAt, textAt } from '../../lib/records.ts'

export interface Token {
  readonly text: string
  readonly endsAt: number
}

/** What lets us do in Google Cloud what our account may do. */
export const scope = 'https://www.googleapis.com/auth/cloud-platform'

/** As OAuth's token endpoints take it. */
export function postForm(url: string, form: Readonly<Record<string, string>>): Promise<Token> {
  return readToken(fetch(url, { method: 'POST', body: new URLSearchParams(form) }))
}

export function fetchMetadata(url: string): Promise<Token> {
  const headers = { 'metadata-flavor': 'Google' }
  return readToken(fetch(url, { headers, signal: AbortSignal.timeout(3000) }))
}

/** As OAuth answers, or as a service account is lent. */
export async function readToken(sent: Promise<Response>): Promise<Token> {
  const answer = await sent.catch((cause: unknown) => {
    throw missing(messageOf(cause), cause)
  })
  const body: unknown = await answer.json().catch(() => ({}))
  const text = textAt(body, 'access_token') ?? textAt(body, 'accessToken')
  if (text === undefined) throw missing(complaintOf(answer.status, body))
  const seconds = numberAt(body, 'expires_in') ?? 300
  return { text, endsAt: Date.now() + seconds * 1000 }
}

function complaintOf(status: number, body: unknown): string {
  const why =
    textAt(body, 'error_description') ?? textAt(body, 'error', 'message') ?? textAt(body, 'error')
  return `it answered ${status}${why === undefined ? '' : `: ${why}`}`
}

export function missing(why: string, cause?: unknown): BentoError {
  return new BentoError(
    'CREDENTIALS_MISSING',
    `There are no credentials for Google Cloud that work: ${why}`,
    {
      hint: 'Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
