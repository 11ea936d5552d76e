import { types } from 'node:util'
import { type BentoError, isBentoError, messageOf, toWire } from '../errors.ts'
import { foreseeSystemError } from './system-error.ts'

export interface ErrorStyle {
  readonly red: (text: string) => string
  readonly dim: (text: string) => string
  /** Shows the stacks of foreseen errors too. */
  readonly verbose: boolean
}

export interface RenderedError {
  readonly text: string
  /** The exit code that goes with it. */
  readonly exit: number
}

const plain: ErrorStyle = { red: (text) => text, dim: (text) => text, verbose: false }
const exitBug = 70
const reportIt =
  'This is a bug in bento. Report it with the lines above and what `bento env` prints.'

/** The one place where an error becomes text for a person. */
export function renderError(thrown: unknown, style: ErrorStyle = plain): RenderedError {
  const error = foreseeSystemError(thrown) ?? thrown
  if (isForeseen(error)) return { text: renderForeseen(error, style), exit: error.exit }
  return { text: renderBug(error, style), exit: exitBug }
}

/** The same for a program: one line of JSON. */
export function renderErrorJson(
  thrown: unknown,
  { verbose }: Pick<ErrorStyle, 'verbose'>,
): RenderedError {
  const error = foreseeSystemError(thrown) ?? thrown
  const known = isForeseen(error)
    ? { code: error.code, exit: error.exit, causes: causes(error) }
    : { code: 'INTERNAL', exit: exitBug, causes: [] }
  const { message, hint, detail, stack } = toWire(error)
  const told = {
    code: known.code,
    message,
    hint: known.exit === exitBug ? reportIt : hint,
    detail,
    causes: known.causes.length === 0 ? undefined : known.causes,
    exit: known.exit,
    stack: verbose || known.exit === exitBug ? stack : undefined,
  }
  return { text: JSON.stringify({ error: told }), exit: known.exit }
}

function isForeseen(error: unknown): error is BentoError {
  return isBentoError(error) && error.exit !== exitBug
}

function renderForeseen(error: BentoError, { red, dim, verbose }: ErrorStyle): string {
  const lines = [
    `${red(`${error.code}:`)} ${error.message}`,
    ...(error.detail ?? []).map(
      ({ msg, loc }) => `${red('✖')} ${msg}${loc.length === 0 ? '' : ` → at ${loc.join('.')}`}`,
    ),
    ...causes(error).map((message) => dim(indent(`Because: ${message}`))),
    ...(error.hint === undefined ? [] : [indent(error.hint)]),
    ...(verbose ? [dim(stackOf(error))] : []),
  ]
  return lines.join('\n')
}

function renderBug(error: unknown, { dim }: ErrorStyle): string {
  return [`INTERNAL: ${messageOf(error)}`, dim(stackOf(error)), indent(reportIt)].join('\n')
}

/** What lies beneath, where the message does not say it already. */
function causes(error: BentoError): string[] {
  const messages: string[] = []
  let said = error.message
  let cause = error.cause
  while (types.isNativeError(cause)) {
    if (!said.includes(cause.message)) messages.push(cause.message)
    said += `\n${cause.message}`
    cause = cause.cause
  }
  return messages
}

function stackOf(error: unknown): string {
  if (!types.isNativeError(error)) return ''
  const cause = types.isNativeError(error.cause) ? `\nCaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? ''}${cause}`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
