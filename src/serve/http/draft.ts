import { validateHeaderName, validateHeaderValue } from 'node:http'
import { BentoError, messageOf } from '../../errors.ts'
import type { ResponseDraft } from '../../service/context-response.ts'
import type { AppResponse } from '../app.ts'

// How an answer is cut into messages is the server's to say: a second opinion is how answers are split.
const framing = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'upgrade',
])

/** What a method says of its answer goes on top. Throws OUTPUT_INVALID for what is no status, or no header. */
export function withDraft(response: AppResponse, draft: ResponseDraft | undefined): AppResponse {
  if (!draft) return response
  const { status, cookies } = draft
  const headers = { ...response.headers, ...checkHeaders(draft.headers) }
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw invalid(`${String(status)} is no status of an answer`)
  }
  return { ...response, status, headers, ...(cookies && { cookies }) }
}

/** With lower-case names. Throws OUTPUT_INVALID. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    if (framing.has(key)) throw invalid(`The header "${name}" is the server's own`)
    if (key === 'set-cookie') throw invalid('Cookies are set with `context.response.setCookie`')
    checked[key] = checkValue(name, value)
  }
  return checked
}

function checkValue(name: string, value: unknown): string {
  const text = String(value)
  try {
    validateHeaderName(name)
    validateHeaderValue(name, text)
    return text
  } catch (error) {
    throw invalid(`A header cannot be sent: ${messageOf(error)}`)
  }
}

function invalid(message: string): BentoError {
  return new BentoError('OUTPUT_INVALID', message, {
    hint: 'Set a status from 200 to 599, and headers without line breaks.',
  })
}
