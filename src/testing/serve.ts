import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { client, type ClientOptions, type ServiceClient } from '../client/client.ts'
import { BentoError, fromWire, type WireError } from '../errors.ts'
import { startNode, type StartedNode } from '../lib/exec.ts'
import type { ServeOrder } from './serve-order.ts'
import { targetInput, type TargetOptions } from './target-input.ts'

export interface ServeOptions extends TargetOptions, ClientOptions {
  /** Worker processes. Default: 1. */
  readonly workers?: number
}

/** A service that runs until it is closed. */
export interface Served<Service> {
  readonly client: ServiceClient<Service>
  /** As `http://127.0.0.1:34567`. */
  readonly url: string
  /** Lets the service finish what is under way, and ends it. */
  close(): Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

// Always the compiled one: a child has no test runner's transform, and Node 20 runs no TypeScript.
const child = fileURLToPath(new URL('../../dist/testing/serve-child.js', import.meta.url))
const drainMs = 10_000

/**
 * Serves a target in processes of its own on a free port, as `bento serve` does: a module, a project, a bento's tag.
 *
 * @example
 * ```ts
 * const { client, close } = await serve<IrisClassifier>('service.ts:IrisClassifier')
 * expect(await client.classify({ features: [flower] })).toEqual(['setosa'])
 * await close()
 * ```
 */
export async function serve<Service>(
  target: string,
  options: ServeOptions = {},
): Promise<Served<Service>> {
  const { onLog = () => undefined, workers = 1 } = options
  const input = targetInput(target, options, process.env)
  const flags = { host: '127.0.0.1', port: 0, workers }
  const order: ServeOrder = { target, cwd: input.cwd, flags }
  const output = new LastLines(onLog)
  const server = startNode(child, {
    args: [JSON.stringify(order)],
    env: input.env,
    onOutput: (text) => output.add(text),
  })
  const url = urlOf(await server.message, target, output)
  const caller = client<Service>(url, options)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= caller.close().then(() => stop(server)))
  return { client: caller, url, close, [Symbol.asyncDispose]: close }
}

async function stop(server: StartedNode): Promise<void> {
  const timer = setTimeout(() => server.kill(), drainMs)
  server.send('drain')
  await server.exited
  clearTimeout(timer)
}

function urlOf(message: unknown, target: string, output: LastLines): string {
  if (isReady(message)) return message.url
  if (isFailed(message)) throw fromWire(message.error)
  throw new BentoError('STARTUP_FAILED', `"${target}" ended before it was ready${output.text}`, {
    hint: 'Serve it with `bento serve` to see what it says.',
  })
}

function isReady(message: unknown): message is { readonly url: string } {
  return typeof message === 'object' && message !== null && 'url' in message
}

function isFailed(message: unknown): message is { readonly error: WireError } {
  return typeof message === 'object' && message !== null && 'error' in message
}

/** Cuts what a process writes into lines, and keeps the last for when it fails. */
class LastLines {
  readonly #onLine: (line: string) => void
  readonly #last: string[] = []
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
    this.#last.push(...lines)
    this.#last.splice(0, this.#last.length - 10)
  }

  get text(): string {
    return this.#last.map((line) => `\n${line}`).join('')
  }
}
