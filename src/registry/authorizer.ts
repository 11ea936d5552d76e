import { BentoError } from '../errors.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { Transport, WireResponse } from './transport.ts'

/** What one registry wants to hear before it answers, per scope; tokens are asked for once and kept. */
export class Authorizer {
  readonly #transport: Transport
  readonly #find: () => Promise<Credentials | undefined>
  readonly #tokens = new Map<string, Promise<string>>()
  #found: Promise<Credentials | undefined> | undefined

  constructor(transport: Transport, find: () => Promise<Credentials | undefined>) {
    this.#transport = transport
    this.#find = find
  }

  /** The header for requests of a scope, as far as one is known. */
  known(scope: string): Promise<string | undefined> {
    return Promise.resolve(this.#tokens.get(scope))
  }

  /** The header that answers a challenge, or undefined where there is nothing to answer it with. */
  async answer(challenge: Challenge, scope: string, url: URL): Promise<string | undefined> {
    const credentials = await this.#credentials()
    if (challenge.scheme === 'basic') {
      if (credentials?.type !== 'basic') return undefined
      return this.#keep(scope, () => Promise.resolve(basic(credentials)))
    }
    if (challenge.scheme !== 'bearer') return undefined
    const realm = requireRealm(challenge, url)
    return this.#keep(scope, () => this.#fetchToken({ realm, challenge, scope, credentials }))
  }

  async #credentials(): Promise<Credentials | undefined> {
    this.#found ??= this.#find()
    return this.#found
  }

  #keep(scope: string, make: () => Promise<string>): Promise<string> {
    const made = make()
    this.#tokens.set(scope, made)
    // A token that was not given is asked for again the next time.
    made.catch(() => this.#tokens.delete(scope))
    return made
  }

  async #fetchToken({ realm, challenge, scope, credentials }: TokenRequest): Promise<string> {
    const { service } = challenge.parameters
    const answer =
      credentials?.type === 'identity'
        ? await this.#refresh(realm, { service, scope, token: credentials.token })
        : await this.#askToken(realm, { service, scope, credentials })
    const body: unknown =
      answer.status === 200 ? await answer.body.json() : await answer.body.dump()
    const token = tokenOf(body)
    if (token !== undefined) return `Bearer ${token}`
    throw new BentoError(
      'REGISTRY_DENIED',
      `"${realm.host}" gave no token for "${scope}" (${answer.status})`,
      {
        hint: 'Run `docker login` for this registry.',
      },
    )
  }

  #askToken(realm: URL, wanted: Asked): Promise<WireResponse> {
    const url = new URL(realm)
    if (wanted.service !== undefined) url.searchParams.set('service', wanted.service)
    for (const scope of wanted.scope.split(' ')) url.searchParams.append('scope', scope)
    const { credentials } = wanted
    const headers = credentials === undefined ? {} : { authorization: basic(credentials) }
    return this.#transport.send({ method: 'GET', url, headers })
  }

  #refresh(
    url: URL,
    wanted: { service: string | undefined; scope: string; token: string },
  ): Promise<WireResponse> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      service: wanted.service ?? '',
      scope: wanted.scope,
      client_id: 'bentojs',
      refresh_token: wanted.token,
    }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#transport.send({ method: 'POST', url, headers, body: () => form })
  }
}

interface TokenRequest {
  readonly realm: URL
  readonly challenge: Challenge
  readonly scope: string
  readonly credentials: Credentials | undefined
}

interface Asked {
  readonly service: string | undefined
  readonly scope: string
  readonly credentials: Extract<Credentials, { type: 'basic' }> | undefined
}

/** A registry may name any host as the place of its tokens, but not one where the password would travel in the open. */
function requireRealm({ parameters }: Challenge, url: URL): URL {
  const text = parameters['realm'] ?? ''
  const realm = URL.canParse(text) ? new URL(text) : undefined
  if (realm?.protocol === 'https:') return realm
  if (realm?.protocol === 'http:' && url.protocol === 'http:') return realm
  throw new BentoError(
    'REGISTRY_FAILED',
    `"${url.host}" names "${text}" as the place of its tokens`,
    {
      hint: 'Ask whoever runs the registry: its tokens must come over TLS.',
    },
  )
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function tokenOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  if ('token' in body && typeof body.token === 'string') return body.token
  if ('access_token' in body && typeof body.access_token === 'string') return body.access_token
  return undefined
}
