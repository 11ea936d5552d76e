import { readFile } from 'node:fs/promises'
import { BentoError, messageOf } from '../../errors.ts'
import { runProgram } from '../../lib/exec.ts'
import { numberAt, textAt } from '../../lib/records.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface AzureAccess {
  readonly token: () => Promise<string>
  /** Of `az`, where it is logged in. */
  readonly subscription: string | undefined
}

interface Token {
  readonly text: string
  readonly endsAt: number
  readonly subscription?: string | undefined
}

/** Undefined: this is no way here. */
type Way = (env: Env, resource: string) => (() => Promise<Token | undefined>) | undefined

const spareMs = 120_000
const version = '2018-02-01'

/**
 * In the order of Azure's own libraries: a client's secret in the environment, a workload's identity, a managed
 * identity, then whoever is logged in with `az`. Throws CREDENTIALS_MISSING.
 */
export async function findAzureAccess(env: Env, resource: string): Promise<AzureAccess> {
  for (const way of [clientSecret, workloadIdentity, hostIdentity, machineIdentity, cli]) {
    const ask = way(env, resource)
    const first = await ask?.()
    if (ask === undefined || first === undefined) continue
    return { token: cached(ask, first), subscription: first.subscription }
  }
  throw missing('There are no credentials for Azure')
}

function cached(ask: () => Promise<Token | undefined>, first: Token): () => Promise<string> {
  let token = first
  return async () => {
    if (Date.now() > token.endsAt - spareMs) token = (await ask()) ?? token
    return token.text
  }
}

function missing(message: string, cause?: unknown): BentoError {
  return new BentoError('CREDENTIALS_MISSING', message, {
    hint: 'Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    ...(cause === undefined ? {} : { cause }),
  })
}

const clientSecret: Way = (env, resource) => {
  const { AZURE_CLIENT_SECRET: client_secret } = env
  if (!client_secret || !env['AZURE_CLIENT_ID'] || !env['AZURE_TENANT_ID']) return undefined
  return () => askAuthority(env, resource, { client_secret })
}

/** As Kubernetes and GitHub Actions have it: a token of theirs for one of Azure. */
const workloadIdentity: Way = (env, resource) => {
  const { AZURE_FEDERATED_TOKEN_FILE: file } = env
  if (!file || !env['AZURE_CLIENT_ID'] || !env['AZURE_TENANT_ID']) return undefined
  return async () => {
    const client_assertion = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw missing(`"${file}" cannot be read: ${messageOf(cause)}`, cause)
    })
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    return askAuthority(env, resource, { client_assertion, client_assertion_type })
  }
}

function askAuthority(
  env: Env,
  resource: string,
  proof: Readonly<Record<string, string>>,
): Promise<Token> {
  const authority = env['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com/'
  const url = new URL(`${env['AZURE_TENANT_ID']}/oauth2/v2.0/token`, authority)
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: env['AZURE_CLIENT_ID'] ?? '',
    scope: `${resource}/.default`,
    ...proof,
  })
  return readToken(fetch(url, { method: 'POST', body }), 'Azure takes no such client')
}

/** Of App Service, Container Apps and their like. */
const hostIdentity: Way = (env, resource) => {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret } = env
  if (!endpoint || !secret) return undefined
  return () => {
    const url = identityUrl(endpoint, { env, resource, version: '2019-08-01' })
    const sent = fetch(url, { headers: { 'x-identity-header': secret } })
    return readToken(sent, 'The managed identity gives no token')
  }
}

/** Of a virtual machine; elsewhere nobody answers. */
const machineIdentity: Way = (env, resource) => async () => {
  const host = env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || 'http://169.254.169.254'
  const path = `${host.replace(/\/$/, '')}/metadata/identity/oauth2/token`
  const url = identityUrl(path, { env, resource, version })
  const headers = { metadata: 'true' }
  const sent = fetch(url, { headers, signal: AbortSignal.timeout(1000) })
  return readToken(sent, '').catch(() => undefined)
}

function identityUrl(
  base: string,
  { env, resource, version: api }: Readonly<Record<'resource' | 'version', string>> & { env: Env },
): URL {
  const url = new URL(base)
  url.searchParams.set('api-version', api)
  url.searchParams.set('resource', resource)
  const client = env['AZURE_CLIENT_ID']
  if (client) url.searchParams.set('client_id', client)
  return url
}

const cli: Way = (env, resource) => async () => {
  const args = ['account', 'get-access-token', '--resource', resource, '--output', 'json']
  const ran = await runProgram('az', args, { env }).catch(() => undefined)
  if (ran === undefined) return undefined
  if (ran.code !== 0) throw missing(`\`az\` gives no token: ${ran.stderr.trim().split('\n')[0]}`)
  const answer: unknown = JSON.parse(ran.stdout)
  const seconds = numberAt(answer, 'expires_on') ?? Date.now() / 1000 + 300
  const subscription = textAt(answer, 'subscription')
  return { text: textAt(answer, 'accessToken') ?? '', endsAt: seconds * 1000, subscription }
}

async function readToken(sent: Promise<Response>, what: string): Promise<Token> {
  const answer = await sent.catch((cause: unknown) => {
    throw missing(`${what}: ${messageOf(cause)}`, cause)
  })
  const body: unknown = await answer.json().catch(() => ({}))
  const text = textAt(body, 'access_token')
  const why = textAt(body, 'error_description') ?? `it answered ${answer.status}`
  if (text === undefined) throw missing(`${what}: ${why.split('\n')[0]}`)
  // A managed identity says it as text.
  const seconds = Number(numberAt(body, 'expires_in') ?? textAt(body, 'expires_in') ?? 300)
  return { text, endsAt: Date.now() + seconds * 1000 }
}
