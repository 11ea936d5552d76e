import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import type { Env } from './keys.ts'

export type Profile = Readonly<Record<string, string>>

/** Of ~/.aws/config and, over it, ~/.aws/credentials. */
export async function readProfile(env: Env): Promise<Profile> {
  const name = env['AWS_PROFILE'] ?? 'default'
  const folder = join(env['HOME'] ?? homedir(), '.aws')
  const files = [
    [
      env['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
      name === 'default' ? name : `profile ${name}`,
    ],
    [env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'), name],
  ] as const
  const found = await Promise.all(files.map(([file, section]) => readSection(file, section)))
  if (env['AWS_PROFILE'] !== undefined && !env['AWS_ACCESS_KEY_ID'] && found.every((one) => !one)) {
    throw new BentoError('CREDENTIALS_MISSING', `AWS has no profile "${name}" here`, {
      hint: 'Set AWS_PROFILE to a profile that `aws configure list-profiles` shows.',
    })
  }
  const [config, credentials] = found
  const [file] = files[0]
  return { ...(await readSession(file, config)), ...config, ...credentials }
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
