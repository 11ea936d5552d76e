import { createSign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import { federatedToken } from './federation.ts'
import { fetchMetadata, postForm, scope, type Token } from './tokens.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface GoogleAccess {
  readonly token: () => Promise<string>
  /** Of the credentials, where they name one. */
  readonly project: string | undefined
}

const spareMs = 60_000

/**
 * Google's application default credentials: a token in the environment, the file of GOOGLE_APPLICATION_CREDENTIALS,
 * that of `gcloud auth application-default login`, or the metadata server. A file may be the key of a service account, a
 * login, or a federation with who vouches for us, as GitHub. Throws CREDENTIALS_MISSING.
 */
export async function findGoogleAccess(env: Env): Promise<GoogleAccess> {
  const given = env['CLOUDSDK_AUTH_ACCESS_TOKEN'] ?? env['GOOGLE_OAUTH_ACCESS_TOKEN']
  if (given) return { token: async () => given, project: undefined }
  const file = await readKeyFile(env)
  if (file !== undefined) return { token: cached(() => fetchToken(file)), project: projectOf(file) }
  const host = env['GCE_METADATA_HOST'] ?? 'metadata.google.internal'
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`
  const ask = (): Promise<Token> => fetchMetadata(url)
  return { token: cached(ask, await ask()), project: undefined }
}

function cached(ask: () => Promise<Token>, first?: Token): () => Promise<string> {
  let token = first
  return async () => {
    if (token === undefined || Date.now() > token.endsAt - spareMs) token = await ask()
    return token.text
  }
}

async function readKeyFile(env: Env): Promise<unknown> {
  const named = env['GOOGLE_APPLICATION_CREDENTIALS']
  const config = env['CLOUDSDK_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.config/gcloud')
  const path = named ?? join(config, 'application_default_credentials.json')
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (cause) {
    if (named === undefined) return undefined
    throw new BentoError('CREDENTIALS_MISSING', `"${path}" cannot be read: ${messageOf(cause)}`, {
      hint: 'Set GOOGLE_APPLICATION_CREDENTIALS to the JSON key of a service account.',
      cause,
    })
  }
}

function projectOf(file: unknown): string | undefined {
  return textAt(file, 'project_id') ?? textAt(file, 'quota_project_id')
}

function fetchToken(file: unknown): Promise<Token> {
  const uri = textAt(file, 'token_uri') ?? 'https://oauth2.googleapis.com/token'
  const of = (key: string): string => textAt(file, key) ?? ''
  if (of('type') === 'external_account') return federatedToken(file)
  if (of('type') === 'service_account') {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    return postForm(uri, { grant_type, assertion: signJwt(file, uri) })
  }
  return postForm(uri, {
    grant_type: 'refresh_token',
    client_id: of('client_id'),
    client_secret: of('client_secret'),
    refresh_token: of('refresh_token'),
  })
}

function signJwt(file: unknown, audience: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: textAt(file, 'client_email'),
    scope,
    aud: audience,
    iat: now,
    exp: now + 3600,
  }
  const header = { alg: 'RS256', typ: 'JWT', kid: textAt(file, 'private_key_id') }
  const text = [header, claims].map((part) => base64(JSON.stringify(part))).join('.')
  const signature = createSign('RSA-SHA256')
    .update(text)
    .sign(textAt(file, 'private_key') ?? '')
  return `${text}.${signature.toString('base64url')}`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url')
}
