import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import { numberAt, textAt, valueAt } from '../lib/records.ts'
import { type AwsCredentials, credentialsOf, type Env } from './keys.ts'
import type { Profile } from './profile.ts'

/** Of whoever has run `aws sso login`: its token for keys of the profile's role. */
export async function fromSso(env: Env, profile: Profile): Promise<AwsCredentials | undefined> {
  const { sso_account_id: account, sso_role_name: role, sso_region: region } = profile
  // A session's token is kept by its name, an older one by its address.
  const session = profile['sso_session'] ?? profile['sso_start_url']
  if (!account || !role || !region || !session) return undefined
  const token = await readToken(env, session)
  const endpoint = env['AWS_ENDPOINT_URL_SSO'] ?? `https://portal.sso.${region}.amazonaws.com`
  const url = new URL('/federation/credentials', endpoint)
  url.searchParams.set('account_id', account)
  url.searchParams.set('role_name', role)
  const sent = fetch(url, { headers: { 'x-amz-sso_bearer_token': token } })
  const answer = await sent.catch((cause: unknown) => {
    throw loggedOut(`The SSO of AWS does not answer at ${url.host}`, cause)
  })
  const keys = valueAt(await answer.json().catch(() => ({})), 'roleCredentials')
  const of = (key: string): string | undefined => textAt(keys, key)
  const found = credentialsOf(of('accessKeyId'), of('secretAccessKey'), of('sessionToken'))
  if (found === undefined || (numberAt(keys, 'expiration') ?? Infinity) < Date.now()) {
    throw loggedOut(`The SSO of AWS lends no keys of ${role}: it answered ${answer.status}`)
  }
  return found
}

async function readToken(env: Env, session: string): Promise<string> {
  const name = createHash('sha1').update(session).digest('hex')
  const file = join(env['HOME'] ?? homedir(), '.aws', 'sso', 'cache', `${name}.json`)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw loggedOut('Nobody is logged in to the SSO of AWS', cause)
  })
  const kept: unknown = JSON.parse(text)
  const endsAt = Date.parse(textAt(kept, 'expiresAt') ?? '')
  if (endsAt < Date.now()) throw loggedOut('The login to the SSO of AWS has expired')
  return textAt(kept, 'accessToken') ?? ''
}

function loggedOut(message: string, cause?: unknown): BentoError {
  return new BentoError('CREDENTIALS_MISSING', message, {
    hint: 'Run `aws sso login`.',
    ...(cause === undefined ? {} : { cause }),
  })
}
