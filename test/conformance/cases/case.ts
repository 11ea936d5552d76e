/** What is sent. */
export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | FormData
}

/** What must come back; what is not said is not looked at. */
export interface Expected {
  readonly status: number
  readonly text?: string
  readonly json?: object
  /** In hexadecimal. */
  readonly bytes?: string
  /** A text, a pattern, or null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>
}

export interface Case {
  /** Number in the reference; several rows may be of one case. */
  readonly id: number
  readonly what: string
  readonly asked: Asked
  readonly expected: Expected
  /** Where BentoML answers otherwise: how, and why bento does not. */
  readonly deviation?: string
}

/** The parts of a form, in their order; a name may come twice. */
export function formOf(parts: readonly (readonly [string, string | Blob])[]): FormData {
  const form = new FormData()
  for (const [name, value] of parts) form.append(name, value)
  return form
}

/** `undefined` stands for no body. */
export const post = (path: string, body: unknown, headers = {}): Asked => ({
  path,
  headers: { 'content-type': 'application/json', ...headers },
  ...(body !== undefined && { body: JSON.stringify(body) }),
})
export const get = (path: string, method = 'GET'): Asked => ({ path, method })
/** A part of an error's body. */
export const failed = (code: string, error?: string, detail?: unknown): object => ({
  code,
  ...(error !== undefined && { error }),
  ...(detail !== undefined && { detail }),
})

export const oneShape = 'an error is always { error, code, detail? }, not an array or a text'
export const plain = 'text/plain; charset=utf-8'
