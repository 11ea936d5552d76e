import type { Dispatcher } from 'undici'
import { Connection, type ConnectionOptions } from './connection.ts'
import { type ClientTls, HttpTransport } from './http-transport.ts'
import type { CallOptions, ServiceClient } from './service-client.ts'
import type { Transport } from './transport.ts'

export { ClientError, isClientError } from './client-error.ts'
export type { ClientErrorCode } from './client-error.ts'
export type { ClientTls } from './http-transport.ts'
export type { CallOptions, FileInput, Received, Sent, ServiceClient } from './service-client.ts'

export interface ClientOptions extends ConnectionOptions {
  /** Of undici: for a proxy, certificates, limits of its own. Whoever gives it closes it. */
  readonly dispatcher?: Dispatcher
  /** For `https:`; without effect where there is a `dispatcher`, which has its own. */
  readonly tls?: ClientTls
}

/**
 * Calls a service that runs somewhere, with the types of its class.
 *
 * @example
 * ```ts
 * import type { IrisClassifier } from './service.ts'
 *
 * const iris = client<IrisClassifier>('http://127.0.0.1:3000')
 * const [species] = await iris.classify({ features: [flower] }, { timeoutMs: 500 })
 * ```
 */
export function client<Service>(
  url: string,
  { dispatcher, tls, ...options }: ClientOptions = {},
): ServiceClient<Service> {
  return clientOver(new HttpTransport(url, { dispatcher, tls }), options)
}

/** The same, over a transport of its own. */
export function clientOver<Service>(
  transport: Transport,
  options: ConnectionOptions = {},
): ServiceClient<Service> {
  const connection = new Connection(transport, options)
  const close = (): Promise<void> => connection.close()
  const members = new Map<string | symbol, unknown>([
    ['close', close],
    [Symbol.asyncDispose, close],
    // A promise that is resolved with a client must not take it for a promise.
    ['then', undefined],
  ])
  const proxy: object = new Proxy(Object.freeze({}), {
    get(_target, name) {
      if (!members.has(name) && typeof name === 'string') {
        members.set(name, (input?: unknown, given?: CallOptions) =>
          connection.call(name, input, given),
        )
      }
      return members.get(name)
    },
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the class alone says what the service has
  return proxy as ServiceClient<Service>
}
