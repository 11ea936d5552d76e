import { requestTimeoutHeader } from '../lib/request-timeout.ts'
import { Bounds } from './bounds.ts'
import { ClientError } from './client-error.ts'
import { requireSuccess } from './read-answer.ts'
import { withRetries } from './retry.ts'
import { compileRoutes, findRoute, type ClientRoute, type ClientRoutes } from './routes.ts'
import type { CallOptions } from './service-client.ts'
import { readBytes, type Transport, type WireResponse } from './transport.ts'
import { untilAborted } from './until-aborted.ts'

export interface ConnectionOptions extends Pick<CallOptions, 'timeoutMs' | 'headers'> {
  /** A key of the service, sent as `Authorization: Bearer`. */
  readonly token?: string
  /** A key of the service, sent as `X-API-Key`. */
  readonly apiKey?: string
  /** How often a call is made again that the service cannot have run. Default: 2. */
  readonly retries?: number
}

// The methods of a service are read without a call's own deadline, since other calls wait for them too.
const schemaTimeoutMs = 30_000

/** What a call gives: a promise, and for a method that streams, its items. */
export type Called = Promise<unknown> & AsyncIterable<unknown>

/** A service behind a transport. Reads `/schema.json` once, with the first call. */
export class Connection {
  readonly #transport: Transport
  readonly #options: ConnectionOptions
  readonly #headers: Readonly<Record<string, string>>
  #routes: Promise<ClientRoutes> | undefined

  constructor(transport: Transport, options: ConnectionOptions) {
    this.#transport = transport
    this.#options = options
    this.#headers = { ...keyHeaders(options), ...lowerCase(options.headers) }
  }

  /** Before the methods are known nobody can tell whether this one streams, so that what comes is both. */
  call(name: string, input: unknown, options: CallOptions = {}): Called {
    const answer = this.#call(name, input, { ...this.#options, ...options })
    return Object.assign(answer, { [Symbol.asyncIterator]: () => itemsOf(name, answer) })
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #call(name: string, input: unknown, options: CallOptions): Promise<unknown> {
    const bounds = new Bounds(options)
    try {
      const route = findRoute(await untilAborted(bounds.signal, this.#open()), name)
      if (route.stream) return this.#stream(route, input, options)
      return await this.#try(bounds, async () =>
        route.read(await this.#post(route, input, { bounds, options })),
      )
    } finally {
      bounds.close()
    }
  }

  /** Nothing is sent before somebody asks for the first item. */
  async *#stream(
    route: ClientRoute,
    input: unknown,
    options: CallOptions,
  ): AsyncGenerator<unknown, void> {
    const bounds = new Bounds(options)
    try {
      const response = await this.#try(bounds, async () => {
        const begun = await this.#post(route, input, { bounds, options })
        await requireSuccess(begun)
        return begun
      })
      for await (const item of route.stream?.(response) ?? []) {
        bounds.lift()
        yield item
      }
    } finally {
      // Who takes no more items lets the service stop making them.
      bounds.abort()
    }
  }

  #post(route: ClientRoute, input: unknown, { bounds, options }: Sending): Promise<WireResponse> {
    const { path, contentType, body } = route.write(input)
    return this.#transport.send({
      method: 'POST',
      path,
      body,
      signal: bounds.signal,
      headers: {
        accept: route.accept,
        ...this.#headers,
        ...lowerCase(options.headers),
        'content-type': contentType,
        ...deadlineHeader(bounds),
      },
    })
  }

  #open(): Promise<ClientRoutes> {
    this.#routes ??= this.#readRoutes().catch((error: unknown) => {
      this.#routes = undefined
      throw error
    })
    return this.#routes
  }

  async #readRoutes(): Promise<ClientRoutes> {
    const bounds = new Bounds({ timeoutMs: schemaTimeoutMs })
    const { signal } = bounds
    try {
      return await this.#try(bounds, async () => {
        const request = { method: 'GET', path: '/schema.json', body: noBody, signal } as const
        const response = await this.#transport.send({ ...request, headers: this.#headers })
        await requireSuccess(response)
        return compileRoutes(parseSchema(await readBytes(response)))
      })
    } finally {
      bounds.close()
    }
  }

  #try<Answer>(bounds: Bounds, attempt: () => Promise<Answer>): Promise<Answer> {
    return withRetries(this.#options.retries ?? 2, bounds, attempt)
  }
}

interface Sending {
  readonly bounds: Bounds
  readonly options: CallOptions
}

const noBody = Buffer.alloc(0)

async function* itemsOf(name: string, answer: Promise<unknown>): AsyncGenerator<unknown, void> {
  const items = await answer
  if (isAsyncIterable(items)) yield* items
  else throw new ClientError('ANSWER_INVALID', `"${name}" does not stream: await its answer`)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function parseSchema(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new ClientError('ANSWER_INVALID', 'What answers at /schema.json is no JSON', { cause })
  }
}

function keyHeaders({ token, apiKey }: ConnectionOptions): Record<string, string> {
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(apiKey !== undefined && { 'x-api-key': apiKey }),
  }
}

function lowerCase(headers: CallOptions['headers'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** What is left of the time, in seconds; the service takes no request that has none. */
function deadlineHeader({ leftMs }: Bounds): Record<string, string> {
  if (leftMs === Infinity) return {}
  return { [requestTimeoutHeader]: (Math.max(1, leftMs) / 1000).toFixed(3) }
}
