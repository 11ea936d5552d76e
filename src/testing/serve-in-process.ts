import process from 'node:process'
import { clientOver, type ServiceClient } from '../client/client.ts'
import type { ConnectionOptions } from '../client/connection.ts'
import type { App } from '../serve/app.ts'
import { AppTransport } from './app-transport.ts'
import { importNatively } from './native-import.ts'
import type * as opening from './open-app.ts'
import { targetInput, type TargetOptions } from './target-input.ts'

export interface InProcessOptions extends TargetOptions, ConnectionOptions {}

/** A service in this process, until it is closed. */
export interface ServedInProcess<Service> {
  readonly client: ServiceClient<Service>
  /** Requests as plain data: `app.handle({ method, path, headers, body, signal })`. */
  readonly app: App
  close(): Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

// The compiled one, since Node itself imports it.
const opener = new URL('../../dist/testing/open-app.js', import.meta.url)

/** Serves a target without processes and sockets: models run inline, one at a time. */
export async function serveInProcess<Service>(
  target: string,
  options: InProcessOptions = {},
): Promise<ServedInProcess<Service>> {
  const { onLog = () => undefined } = options
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is what open-app.ts exports
  const { openApp } = (await importNatively(opener)) as typeof opening
  const app = await openApp(targetInput(target, options, process.env), onLog)
  const caller = clientOver<Service>(new AppTransport(app), options)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= caller.close())
  return { client: caller, app, close, [Symbol.asyncDispose]: close }
}
