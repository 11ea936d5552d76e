import type { LogLevel } from './levels.ts'
import type { LoggedError } from './log-fields.ts'
import { loggable, toJson } from './log-fields.ts'
import { type IdFormats, idFields, idText, type LogIds } from './log-ids.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The request that a line belongs to, or those of a batch. */
export type LogScope = LogIds | readonly LogIds[] | undefined

export interface LogRecord {
  readonly level: LogLevel
  readonly message: string
  readonly fields: Fields
  readonly scope: LogScope
}

// What a line has anyway: a field of such a name would hide it.
const reserved = new Set([
  'level',
  'time',
  'msg',
  'request_id',
  'trace_id',
  'span_id',
  'trace_flags',
])

/** What follows the head of a line of JSON. */
export function renderJson({ message, fields, scope }: LogRecord, formats: IdFormats): string {
  let text = renderScope(scope, formats)
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || typeof value === 'function') continue
    text += `,${JSON.stringify(reserved.has(key) ? `${key}_` : key)}:${toJson(value)}`
  }
  return `${text},"msg":${JSON.stringify(message)}}\n`
}

function renderScope(scope: LogScope, formats: IdFormats): string {
  if (scope === undefined) return ''
  if (!isBatch(scope)) return idFields(scope, formats)
  const ids = scope.map(({ requestId }) => `"${requestId}"`)
  return `,"request_ids":[${ids.join(',')}]`
}

/** What follows the head of a line for eyes: message, the rest, ids, stack. */
export function renderText({ message, fields, scope }: LogRecord, formats: IdFormats): string {
  const { err, ...rest } = fields
  const parts = Object.entries(rest).map(([key, value]) => ` ${key}=${toField(value)}`)
  const error = loggable(err)
  const stack = isLoggedError(error) ? `\n${error.stack}` : ''
  return `${message}${parts.join('')}${textOfScope(scope, formats)}${stack}\n`
}

function textOfScope(scope: LogScope, formats: IdFormats): string {
  if (scope === undefined) return ''
  if (!isBatch(scope)) return ` (${idText(scope, formats)},request=${scope.requestId})`
  return ` (requests=${scope.map(({ requestId }) => requestId).join('+')})`
}

function toField(value: unknown): string {
  return typeof value === 'string' ? value : toJson(value)
}

function isBatch(scope: LogIds | readonly LogIds[]): scope is readonly LogIds[] {
  return Array.isArray(scope)
}

function isLoggedError(value: unknown): value is LoggedError {
  return typeof value === 'object' && value !== null && 'stack' in value
}
