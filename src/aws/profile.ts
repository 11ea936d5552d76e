import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import type { Env } from './keys.ts'

export type Profile = Readonly<Record<string, string>>

/** Of ~/.aws/config and, over it, ~/.aws/credentials: that of AWS_PROFILE, or the one named. */
export async function readProfile(env: Env, named?: string): Promise<Profile> {
  const name = named ?? env['AWS_PROFILE'] ?? 'default'
  const { configFile, credentialsFile } = filesOf(env)
  const section = name === 'default' ? name : `profile ${name}`
  const config = await readSection(configFile, section)
  const credentials = await readSection(credentialsFile, name)
  const isThere = config !== undefined || credentials !== undefined
  if (!isThere && (named !== undefined || isAskedFor(env))) throw unknown(name)
  return { ...(await readSession(configFile, config)), ...config, ...credentials }
}

function filesOf(env: Env): { readonly configFile: string; readonly credentialsFile: string } {
  const folder = join(env['HOME'] ?? homedir(), '.aws')
  return {
    configFile: env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
    credentialsFile: env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'),
  }
}

// With keys in the environment it matters no more.
function isAskedFor(env: Env): boolean {
  return env['AWS_PROFILE'] !== undefined && !env['AWS_ACCESS_KEY_ID']
}

function unknown(name: string): BentoError {
  return new BentoError('CREDENTIALS_MISSING', `AWS has no profile "${name}" here`, {
    hint: 'Set AWS_PROFILE to a profile that `aws configure list-profiles` shows.',
  })
}
/** What profiles of one SSO session share. */
async function readSession(file: string, config: Profile = {}): Promise<Profile | undefined> {
  const { sso_session: session } = config
  return session === undefined ? undefined : readSection(file, `sso-session ${session}`)
}

async function readSection(file: string, section: string): Promise<Profile | undefined> {
  return sectionOf(await readFile(file, 'utf8').catch(() => ''), section)
}

/** One section of an INI file. */
function sectionOf(text: string, wanted: string): Profile | undefined {
  let found: Record<string, string> | undefined
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1] ?? section
    if (section !== wanted) continue
    found ??= {}
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) found[key.toLowerCase()] = value
  }
  return found
}
