import { BentoError, messageOf } from '../errors.ts'
import { runProgram, type RunResult } from '../lib/exec.ts'
import { textAt } from '../lib/records.ts'
import { type AwsCredentials, credentialsOf, type Env } from './keys.ts'
import type { Profile } from './profile.ts'

/** Of the program that a profile names in `credential_process`. */
export async function fromProcess(env: Env, profile: Profile): Promise<AwsCredentials | undefined> {
  const { credential_process: line } = profile
  if (line === undefined) return undefined
  const [program = '', ...args] = wordsOf(line)
  const { code, stdout, stderr } = await run(program, args, env)
  if (code !== 0) throw refused(program, `it ended with ${String(code)}: ${stderr.trim()}`)
  const said = parse(program, stdout)
  const of = (key: string): string | undefined => textAt(said, key)
  const found = credentialsOf(of('AccessKeyId'), of('SecretAccessKey'), of('SessionToken'))
  if (found === undefined) throw refused(program, 'it printed no AccessKeyId and SecretAccessKey')
  const endsAt = of('Expiration')
  if (endsAt !== undefined && Date.parse(endsAt) < Date.now()) {
    throw refused(program, `what it printed has expired on ${endsAt}`)
  }
  return found
}

async function run(program: string, args: readonly string[], env: Env): Promise<RunResult> {
  try {
    return await runProgram(program, args, { env, signal: AbortSignal.timeout(60_000) })
  } catch (cause) {
    throw refused(program, messageOf(cause), cause)
  }
}

/** Without a shell: words, and quotes around those that hold spaces. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}

function parse(program: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw refused(program, 'it printed no JSON', cause)
  }
}

function refused(program: string, why: string, cause?: unknown): BentoError {
  return new BentoError('CREDENTIALS_MISSING', `"${program}" gave no credentials: ${why}`, {
    hint: 'Correct credential_process in the profile of AWS, or log in with that program.',
    ...(cause === undefined ? {} : { cause }),
  })
}
