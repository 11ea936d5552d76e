import { types } from 'node:util'
import { isBentoError, messageOf } from '../errors.ts'
import type { BentoError } from '../errors.ts'
import type { Colours, Output } from './output.ts'

const exitBug = 70

/** The one place where an error becomes text for a person. Returns the exit code. */
export async function printError(error: unknown, out: Output): Promise<number> {
  const { red, dim } = await out.loadColours()
  if (!isBentoError(error) || error.exit === exitBug) {
    out.error(renderBug(error, dim))
    return exitBug
  }
  const lines = [
    `${red(`${error.code}:`)} ${error.message}`,
    ...(error.detail ?? []).map(
      ({ msg, loc }) => `${red('✖')} ${msg}${loc.length === 0 ? '' : ` → at ${loc.join('.')}`}`,
    ),
    ...causes(error).map((message) => dim(indent(`Because: ${message}`))),
    ...(error.hint === undefined ? [] : [indent(error.hint)]),
    ...(out.verbose ? [dim(stackOf(error))] : []),
  ]
  out.error(lines.join('\n'))
  return error.exit
}

function renderBug(error: unknown, dim: Colours['dim']): string {
  return [
    `INTERNAL: ${messageOf(error)}`,
    dim(stackOf(error)),
    indent('This is a bug in bento. Report it with the lines above and what `bento env` prints.'),
  ].join('\n')
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
