import type { ServeOptions } from '../../config/service-options.ts'
import { Listener } from './listener.ts'

/** The ports of one server. */
export interface Listeners {
  readonly api: Listener
  /** Of metrics and probes, when they have one of their own. */
  readonly probes?: Listener
}

/** Throws PORT_IN_USE or LISTEN_FAILED, and leaves nothing open then. */
export async function openListeners({ http, metrics, ssl }: ServeOptions): Promise<Listeners> {
  const { maxConnections } = http
  const api = await Listener.open({
    ...http,
    isSecure: ssl.enabled,
    setting: '`--host` and `--port`',
  })
  const { port, host = http.host } = metrics
  if (port === undefined) return { api }
  try {
    const setting = '`metrics.host` and `metrics.port`'
    return { api, probes: await Listener.open({ host, port, maxConnections, setting }) }
  } catch (error) {
    api.abort()
    throw error
  }
}

/** Gives them to whoever takes them; when that fails, nothing is left open. */
export function handOver<Taker>(listeners: Listeners, take: (given: Listeners) => Taker): Taker {
  try {
    return take(listeners)
  } catch (error) {
    listeners.api.abort()
    listeners.probes?.abort()
    throw error
  }
}
