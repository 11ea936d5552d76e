import { once } from 'node:events'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError, isSystemError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import type { Credential, ClusterAccess } from './kubeconfig.ts'

export interface Call {
  readonly method?: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  /** Parsed when it is JSON, else text. */
  readonly body: unknown
}

const attempts = 4
const callTimeoutMs = 30_000

/** A small client of the Kubernetes API: no watch, no discovery, no kubectl. */
export class KubernetesApi {
  readonly #access: ClusterAccess
  readonly #retryDelayMs: number
  #connection: Promise<Connection> | undefined

  constructor(access: ClusterAccess, options: { retryDelayMs?: number } = {}) {
    this.#access = access
    this.#retryDelayMs = options.retryDelayMs ?? 250
  }

  get namespace(): string {
    return this.#access.namespace
  }

  /** Any answer is a result, also one that says no. Throws DEPLOY_UNREACHABLE when there is none. */
  async call(path: string, call: Call = {}): Promise<Answer> {
    let failure: unknown
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await sleep(this.#retryDelayMs * 2 ** attempt)
      try {
        const answer = await this.#once(path, call)
        if (!isPassing(answer, call) || attempt === attempts - 1) return answer
      } catch (error) {
        if (!isRepeatable(call) || !isConnectionError(error)) throw this.#unreachable(error)
        failure = error
      }
    }
    throw this.#unreachable(failure)
  }

  /** The lines of an answer that may never end, as those of a log that is followed. */
  async stream(path: string, call: Call = {}): Promise<IncomingMessage> {
    const { response } = await this.#send(path, call).catch((error: unknown) => {
      throw this.#unreachable(error)
    })
    return response
  }

  close(): void {
    void this.#connection?.then(({ agent }) => agent.destroy())
  }

  async #once(path: string, call: Call): Promise<Answer> {
    const signal = AbortSignal.timeout(callTimeoutMs)
    let answer = await this.#read(path, { signal, ...call })
    // A token that ran out is asked for once more.
    if (answer.status === 401) {
      this.close()
      this.#connection = undefined
      answer = await this.#read(path, { signal, ...call })
    }
    return answer
  }

  async #read(path: string, call: Call): Promise<Answer> {
    const { response } = await this.#send(path, call)
    const text = await readText(response)
    const isJson = response.headers['content-type']?.startsWith('application/json') === true
    return { status: response.statusCode ?? 0, body: isJson ? parse(text) : text }
  }

  async #send(path: string, call: Call): Promise<{ response: IncomingMessage }> {
    this.#connection ??= connect(this.#access)
    const { agent, credential, request: send } = await this.#connection
    const { server } = this.#access
    const url = new URL(`${server.pathname.replace(/\/$/, '')}${path}`, server)
    for (const [key, value] of Object.entries(call.query ?? {})) url.searchParams.set(key, value)
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const request = send(url, {
      agent,
      method: call.method ?? 'GET',
      headers: headersOf(call, credential, body),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    request.end(body)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a request emits exactly this
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return { response }
  }

  #unreachable(error: unknown): unknown {
    if (!isConnectionError(error)) return error
    const { server, name } = this.#access
    return new BentoError(
      'DEPLOY_UNREACHABLE',
      `The cluster "${name}" at ${server.host} does not answer: ${messageOf(error)}`,
      { hint: 'Check the network and the kubeconfig, or name another --context.', cause: error },
    )
  }
}

type Send = (url: URL, options: RequestOptions) => ClientRequest

interface Connection {
  readonly agent: { destroy(): void } & Exclude<RequestOptions['agent'], boolean | undefined>
  readonly credential: Credential
  readonly request: Send
}

async function connect(access: ClusterAccess): Promise<Connection> {
  const credential = await access.credential()
  if (access.server.protocol === 'http:') {
    const { Agent, request } = await import('node:http')
    return { agent: new Agent({ keepAlive: true }), credential, request }
  }
  const { Agent, request } = await import('node:https')
  const { cert, key } = credential
  const ca = await access.ca()
  const agent = new Agent({
    keepAlive: true,
    rejectUnauthorized: !access.isInsecure,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
  })
  return { agent, credential, request }
}

async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

function headersOf(
  call: Call,
  { authorization }: Credential,
  body: string | undefined,
): Record<string, string> {
  return {
    accept: 'application/json, */*',
    'user-agent': 'bento',
    ...(authorization === undefined ? {} : { authorization }),
    ...(body === undefined
      ? {}
      : {
          'content-type': call.contentType ?? 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    // Not what its content type says: whoever reads it shows the text.
    return text
  }
}

function isPassing({ status, body }: Answer, call: Call): boolean {
  // What fits no schema is a 500 of server-side apply, and stays so.
  if (textAt(body, 'message')?.includes('typed patch object') === true) return false
  return status === 429 || (status >= 500 && status !== 501 && isRepeatable(call))
}

// A POST may have been done although its answer was lost.
function isRepeatable({ method, signal }: Call): boolean {
  return method !== 'POST' && signal?.aborted !== true
}

const codes = `
  ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ETIMEDOUT EPIPE EPROTO ABORT_ERR
  HPE_INVALID_CONSTANT CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN
  UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT_LOCALLY ERR_TLS_CERT_ALTNAME_INVALID
`
  .trim()
  .split(/\s+/)

function isConnectionError(error: unknown): boolean {
  return codes.some((code) => isSystemError(error, code))
}
