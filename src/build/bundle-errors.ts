import type { Message } from 'esbuild'
import { renderProblems } from '../config/problems.ts'
import { BentoError } from '../errors.ts'
import { asWritten } from './zod-plugin.ts'

/** What esbuild says, as a person wants it: each problem with its place and the line itself. */
export function bundleError(error: unknown, module: string): unknown {
  if (!isBuildFailure(error)) return error
  const lines = error.errors.map((message) => renderMessage(message))
  return new BentoError('BUILD_FAILED', `Bundling "${module}" has ${renderProblems(lines)}`, {
    // No cause: the lines above are all that it has.
    hint: hintOf(error.errors),
  })
}

export function renderMessage({ text, location, notes }: Message): string {
  const more = notes
    .filter((note) => note.location !== null)
    .map((note) => `\n  ${renderPlace(note)}`)
  return `${renderPlace({ text, location })}${more.join('')}`
}

function renderPlace({ text, location }: Pick<Message, 'text' | 'location'>): string {
  if (location === null) return text
  const { file, line, column, length, lineText } = location
  const width = Math.max(1, Math.min(length, lineText.length - column))
  // Columns are bytes from 0 for esbuild; people count characters from 1.
  const before = Buffer.from(lineText).subarray(0, column).toString()
  return [
    `${file}:${line}:${before.length + 1} ${text}`,
    `    ${asWritten(lineText)}`,
    `    ${before.replaceAll(/[^\t]/g, ' ')}${'^'.repeat(width)}`,
  ].join('\n')
}

function hintOf(errors: readonly Message[]): string {
  if (errors.some(({ text }) => isClient.test(text))) return 'Import `client` from bentojs/client.'
  const missing = errors.flatMap(
    ({ text }) => /^Could not resolve "([^./][^"]*)"/.exec(text)?.[1] ?? [],
  )
  const names = [...new Set(missing.map((name) => packageNameOf(name)))]
  return names.length === 0
    ? 'Correct the lines above.'
    : `Run \`npm install ${names.join(' ')}\` in the project.`
}

// It is not for every service to carry.
const isClient = /^No matching export in "bentojs:sdk\.\w+" for import "client"/

/** `sharp/lib/x` to `sharp`, `@scope/name/x` to `@scope/name`. */
function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function isBuildFailure(error: unknown): error is { errors: Message[] } {
  return (
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
  )
}
