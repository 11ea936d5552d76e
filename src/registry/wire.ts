import { BentoError, isBentoError } from '../errors.ts'
import { Authorizer } from './authorizer.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { apiHost } from './reference.ts'
import {
  codesOf,
  textOf,
  Transport,
  type TransportOptions,
  type WireRequest,
  type WireResponse,
} from './transport.ts'

export interface WireOptions extends TransportOptions {
  readonly findCredentials: () => Promise<Credentials | undefined>
}

/** One registry, with whatever it takes to be let in. */
export class Wire {
  readonly registry: string
  readonly #transport: Transport
  readonly #authorizer: Authorizer
  readonly #isInsecure: boolean
  #base: Promise<URL> | undefined

  constructor(registry: string, options: WireOptions) {
    this.registry = registry
    this.#isInsecure = options.isInsecure
    this.#transport = new Transport(options)
    this.#authorizer = new Authorizer(this.#transport, options.findCredentials)
  }

  /** An address of the registry's API. */
  async url(path: string): Promise<URL> {
    this.#base ??= this.#findBase()
    return new URL(path, await this.#base)
  }

  /** Sends a request of a scope, as `repository:library/node:pull`. */
  async send(wanted: WireRequest, scope: string): Promise<WireResponse> {
    const base = await this.url('/')
    // An upload may go to a host that the registry names: its address is all that this host needs.
    if (wanted.url.origin !== base.origin) return this.#transport.send(wanted)
    const answer = await this.#transport.send(
      authorized(wanted, await this.#authorizer.known(scope)),
    )
    if (answer.status !== 401) return answer
    const challenge = parseChallenge(answer.header('www-authenticate') ?? '')
    await answer.body.dump()
    const header = challenge && (await this.#authorizer.answer(challenge, scope, base))
    if (header === undefined) throw denied(this.registry, scope, 401)
    return this.#transport.send(authorized(wanted, header))
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  /** TLS, but on this machine and where it is allowed also plain HTTP, when that is what the port talks. */
  async #findBase(): Promise<URL> {
    const host = apiHost(this.registry)
    const secure = new URL(`https://${host}/`)
    if (!this.#isInsecure && !isLoopback(secure.hostname)) return secure
    try {
      const answer = await this.#transport.send({ method: 'GET', url: new URL('/v2/', secure) })
      await answer.body.dump()
      return secure
    } catch (error) {
      if (!isPlainServer(error)) throw error
      return new URL(`http://${host}/`)
    }
  }
}

function authorized(wanted: WireRequest, authorization: string | undefined): WireRequest {
  if (authorization === undefined) return wanted
  return { ...wanted, headers: { ...wanted.headers, authorization } }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

/** Whether what came back to a TLS greeting was not TLS. */
function isPlainServer(error: unknown): boolean {
  return (
    isBentoError(error) &&
    codesOf(error.cause).some((code) => code === 'EPROTO' || code.startsWith('ERR_SSL_'))
  )
}

/** What a registry that refuses means, with its own words where it has some. */
export async function refused(
  registry: string,
  what: string,
  answer: WireResponse,
): Promise<BentoError> {
  const { status } = answer
  const said = await saidBy(answer)
  if (status === 401 || status === 403) return denied(registry, what, status)
  if (status === 404) {
    return new BentoError('IMAGE_NOT_FOUND', `"${registry}" has no ${what}`, {
      hint: 'Check the name; a private one may also look as if it were not there.',
    })
  }
  return new BentoError('REGISTRY_FAILED', `"${registry}" answered ${status} to ${what}${said}`, {
    hint: 'Try again later, or ask whoever runs the registry.',
  })
}

async function saidBy(answer: WireResponse): Promise<string> {
  const text = await textOf(answer)
  const [, message] = /"message"\s*:\s*"((?:[^"\\]|\\.){1,300})"/.exec(text.slice(0, 4096)) ?? []
  return message === undefined ? '' : `: ${message}`
}

function denied(registry: string, what: string, status: number): BentoError {
  return new BentoError(
    'REGISTRY_DENIED',
    `"${registry}" lets you not in for ${what} (${status})`,
    {
      hint: `Run \`docker login ${registry}\`, and check what your account may do.`,
    },
  )
}
