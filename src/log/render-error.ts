import { types } from 'node:util'
import { BentoError, isBentoError, isSystemError, messageOf, toWire } from '../errors.ts'

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
  const error = refusedByDisk(thrown) ?? thrown
  if (isForeseen(error)) return { text: renderForeseen(error, style), exit: error.exit }
  return { text: renderBug(error, style), exit: exitBug }
}

/** The same for a program: one line of JSON. */
export function renderErrorJson(
  thrown: unknown,
  { verbose }: Pick<ErrorStyle, 'verbose'>,
): RenderedError {
  const error = refusedByDisk(thrown) ?? thrown
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

/** Whatever was being done: what a disk or its rights refuse is nobody's bug. */
function refusedByDisk(cause: unknown): BentoError | undefined {
  return diskFull(cause) ?? pathRefused(cause)
}

const pathProblems = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the disk is read-only'],
  ['EISDIR', 'it is a folder'],
])

function pathRefused(cause: unknown): BentoError | undefined {
  if (!types.isNativeError(cause) || !('path' in cause) || !('code' in cause)) return undefined
  const problem = pathProblems.get(String(cause.code))
  if (problem === undefined) return undefined
  return new BentoError('FILE_NOT_FOUND', `"${String(cause.path)}" cannot be used: ${problem}`, {
    hint: 'Correct that; what a bento does not need is kept out of it by .bentoignore.',
    cause,
  })
}

function diskFull(cause: unknown): BentoError | undefined {
  if (!isSystemError(cause, 'ENOSPC') && !isSystemError(cause, 'EDQUOT')) return undefined
  return new BentoError('STORE_FAILED', `The disk is full: ${messageOf(cause)}`, {
    hint: 'Make room, or set BENTO_HOME to a folder on another disk; nothing was stored by half.',
    cause,
  })
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
