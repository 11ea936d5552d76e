import { BentoError } from '../errors.ts'

export interface CookieOptions {
  /** Seconds. Absent: until the browser is closed. */
  readonly maxAge?: number
  readonly expires?: Date
  /** Default: "/". */
  readonly path?: string
  readonly domain?: string
  readonly secure?: boolean
  readonly httpOnly?: boolean
  /** Default: "lax". */
  readonly sameSite?: 'lax' | 'strict' | 'none'
}

/** The cookies that a request brought; of several with one name, the first. */
export function parseCookies(header: string | readonly string[] | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of String(header ?? '').split(';')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, equals)).trim()
    if (name === '' || cookies.has(name)) continue
    const value = pair.slice(equals + 1).trim()
    cookies.set(name, value.replace(/^"(.*)"$/, '$1'))
  }
  return cookies
}

// RFC 6265, 4.1.1.
const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const octets = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/
const attribute = /^[\x20-\x3a\x3c-\x7e]*$/

/** The value of a `Set-Cookie` header. Throws OUTPUT_INVALID for what such a header cannot hold. */
export function renderCookie(name: string, value: string, options: CookieOptions = {}): string {
  if (!token.test(name)) throw invalid(name, 'its name is none')
  if (!octets.test(value)) throw invalid(name, 'its value has a character that no cookie may have')
  const attributes = attributesOf(options)
  const wrong = attributes.find((one) => !attribute.test(one))
  if (wrong !== undefined) throw invalid(name, `"${wrong}" has a character that it may not have`)
  return [`${name}=${value}`, ...attributes].join('; ')
}

function attributesOf(options: CookieOptions): string[] {
  const { maxAge, expires, path = '/', domain, secure, httpOnly, sameSite = 'lax' } = options
  return [
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(expires === undefined ? [] : [`Expires=${expires.toUTCString()}`]),
    ...(httpOnly === true ? ['HttpOnly'] : []),
    ...(maxAge === undefined ? [] : [`Max-Age=${Math.trunc(maxAge)}`]),
    `Path=${path}`,
    `SameSite=${sameSite}`,
    ...(secure === true ? ['Secure'] : []),
  ]
}

function invalid(name: string, reason: string): BentoError {
  return new BentoError('OUTPUT_INVALID', `The cookie "${name}" cannot be set: ${reason}`, {
    hint: 'Encode what is not plain ASCII, as with encodeURIComponent.',
  })
}
