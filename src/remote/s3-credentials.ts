import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** From the environment, else from AWS's own file of credentials, as its tools read both. */
export async function findS3Credentials(env: Env): Promise<S3Credentials> {
  const found = toCredentials(env) ?? toCredentials(await readProfile(env))
  if (found !== undefined) return found
  throw new BentoError('CREDENTIALS_MISSING', 'There are no credentials for S3', {
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`.',
  })
}

function toCredentials(values: Env): S3Credentials | undefined {
  const read = (name: string): string | undefined => values[name] ?? values[name.toLowerCase()]
  const accessKeyId = read('AWS_ACCESS_KEY_ID')
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY')
  if (!accessKeyId || !secretAccessKey) return undefined
  const sessionToken = read('AWS_SESSION_TOKEN')
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

async function readProfile(env: Env): Promise<Env> {
  const home = env['HOME'] ?? homedir()
  const file = env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials')
  const text = await readFile(file, 'utf8').catch(() => '')
  return readSection(text, env['AWS_PROFILE'] ?? 'default')
}

/** One section of an INI file, as `[default]`. */
function readSection(text: string, wanted: string): Env {
  const values: Record<string, string> = {}
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1] ?? section
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (section === wanted && key !== undefined && value !== undefined) {
      values[key.toLowerCase()] = value
    }
  }
  return values
}
