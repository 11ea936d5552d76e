import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Upgrade } from './mounts/upgrade.ts'

/** A request as plain data. Node's server, the Lambda handler and tests are adapters over this. */
export interface AppRequest {
  readonly method: string
  /** Path and query as sent, as `/classify?x=1`. */
  readonly path: string
  /** Lower-case names; repeated headers are joined as node:http joins them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer | AsyncIterable<Uint8Array>
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  /** Cheaper than `signal` where only the question matters. */
  readonly isGone?: () => boolean
  /** The connection's own request and response, where there is one: for apps that speak to it themselves. */
  readonly native?: NativeExchange
  /** It came within TLS. */
  readonly isSecure?: boolean
  /** Address of the client, for the access log. */
  readonly remote?: string
  /** `performance.now()` time after which the answer is worthless; absent: `traffic.timeout` from now. */
  readonly deadline?: number
}

export interface AppResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Values of `Set-Cookie`, which alone stands in several lines. */
  readonly cookies?: readonly string[]
  readonly body: Buffer | BodyStream
  /** It has gone out already. */
  readonly isSent?: boolean
}

export interface NativeExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** A body that comes bit by bit. Who does not want it to its end calls `return` of its iterator. */
export interface BodyStream extends AsyncIterable<Uint8Array> {
  /** Once it is over: why it is not whole, where the body itself says so. */
  readonly failure?: unknown
}

/** A service, ready to answer. */
export interface App {
  handle(request: AppRequest): Promise<AppResponse>
  /** True when what is at this path reads the body itself. */
  takesOver?(path: string): boolean
  /** True when something at this path speaks another protocol to who wishes for one. */
  takesUpgrade?(path: string): boolean
  /** Takes a connection over to speak another protocol on it; false where nobody does. */
  readonly upgrade?: ((request: AppRequest, upgrade: Upgrade) => boolean) | undefined
  /** Finishes what is under way, runs `onShutdown`, frees the models. */
  close(): Promise<void>
}
