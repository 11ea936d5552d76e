import { BentoError } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import { RestApi, type RestCall } from '../rest-api.ts'
import type { CloudContext } from './contexts.ts'

export interface SocketAddress {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** The REST API of BentoCloud, as BentoML's own client calls it. */
export class CloudApi {
  readonly #api: RestApi
  readonly #endpoint: string
  readonly #headers: SocketAddress['headers']

  constructor({ endpoint, api_token }: CloudContext, signal?: AbortSignal) {
    this.#headers = headersOf(api_token)
    this.#endpoint = endpoint.replace(/\/$/, '')
    this.#api = new RestApi({
      vendor: 'BentoCloud',
      base: `${this.#endpoint}/api/`,
      token: async () => api_token,
      headers: headersOf,
      signal,
    })
  }

  get endpoint(): string {
    return this.#endpoint
  }

  /** Where it sends on by itself, and what lets us in there. */
  socket(path: string, query: Readonly<Record<string, string>>): SocketAddress {
    const url = new URL(`${this.#endpoint.replace(/^http/, 'ws')}/ws/${path}`)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    return { url, headers: this.#headers }
  }

  async require(call: RestCall, what: string): Promise<unknown> {
    const answer = await this.#api.call(call)
    // Every status but 200 is an error there.
    if (answer.status > 200 && answer.status < 300) throw unexpected(answer.status, what)
    return this.#api.requireOk(answer, what)
  }

  /** Undefined for what is not there; an old server says so with 400. */
  async find(call: RestCall, what: string): Promise<unknown> {
    const answer = await this.#api.call(call)
    const said = textAt(answer.body, 'error') ?? JSON.stringify(answer.body)
    const isOldNotFound = answer.status === 400 && said.includes('record not found')
    return answer.status === 404 || isOldNotFound ? undefined : this.#api.requireOk(answer, what)
  }
}

/** The release of BentoML whose client this follows. */
const spoken = '1.4.0'

function headersOf(token: string): SocketAddress['headers'] {
  return { 'x-yatai-api-token': token, 'x-bentoml-version': spoken }
}

function unexpected(status: number, what: string): BentoError {
  return new BentoError('DEPLOY_REFUSED', `BentoCloud answered ${what} with ${status}`, {
    hint: 'Look at its console, and try again.',
  })
}
