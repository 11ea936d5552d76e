import { createServer as createPlainServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { ServeOptions } from '../../config/service-options.ts'
import { longestDelayMs } from '../../lib/clock.ts'
import type { App } from '../app.ts'
import { type TlsSettings, toTlsOptions } from '../tls/tls-settings.ts'

/** What a connection may take; times in seconds. */
export type HttpLimits = Pick<
  ServeOptions['http'],
  'maxBodySize' | 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'
>

// Slow clients are looked for this often, at most; node's own 30 s would make any timeout below it a rough guess.
const timeoutCheckMs = 1000
// Node waits this much longer for the next request than it tells the client.
const keepAliveBufferMs = 1000

/** A server of node:http with these limits, within TLS where there are settings for it. */
export function createServer(app: App, limits: HttpLimits, tls: TlsSettings | undefined): Server {
  const headersTimeout = wholeMs(Math.min(limits.headersTimeout, limits.requestTimeout))
  const options = {
    keepAliveTimeout: wholeMs(limits.keepAliveTimeout),
    headersTimeout,
    requestTimeout: wholeMs(limits.requestTimeout),
    connectionsCheckingInterval: Math.min(timeoutCheckMs, Math.ceil(headersTimeout / 4)),
    noDelay: true,
    // It is refused here, with a body.
    requireHostHeader: false,
    ...askBeforeUpgrade(app),
  }
  if (!tls) return createPlainServer(options)
  return createSecureServer({ ...options, ...toTlsOptions(tls), handshakeTimeout: headersTimeout })
}

/** As node:http takes a time: whole, and no longer than its timers run. */
function wholeMs(seconds: number): number {
  return Math.min(longestDelayMs - keepAliveBufferMs, Math.max(1, Math.round(seconds * 1000)))
}

/** Newer versions of Node ask before they take a request out of HTTP. Older ones do not, nor do their types know of it. */
function askBeforeUpgrade(app: App): object {
  const takes = ({ url = '/' }: IncomingMessage): boolean => app.takesUpgrade?.(url) ?? false
  return { shouldUpgradeCallback: takes }
}
