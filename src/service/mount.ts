import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { BentoError } from '../errors.ts'
import { requireMethodName } from './decorated.ts'
import { recordsOf } from './records.ts'
import { checkMountPath } from './route.ts'

/** As express, and every `http.createServer` takes it. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** As `fetch` of hono and other frameworks of Web standards. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

/** As the listener of `upgrade` of a node server: WebSockets. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown

/** What may be mounted. A function of one parameter is a FetchHandler, of more a NodeHandler. */
export type Mountable =
  | NodeHandler
  | FetchHandler
  | { readonly fetch: FetchHandler; readonly upgrade?: UpgradeHandler }
  | { readonly request: NodeHandler; readonly upgrade?: UpgradeHandler }
  | { readonly upgrade: UpgradeHandler }

/** An app under a path of a service. */
export interface MountDefinition {
  /** Of the method that gives it. */
  readonly name: string
  readonly path: string
}

type Giver<This> = (this: This) => Mountable | Promise<Mountable>

/**
 * Puts what the method returns under a path of the service: an app of express, of hono, or any handler. The method is
 * called once, after the class is constructed. The app sees paths without the mount's own, and comes after the
 * service's own routes.
 *
 * @example
 * ```ts
 * @mount('/ui')
 * ui() {
 *   return new Hono().get('/', (c) => c.text('hello'))
 * }
 * ```
 */
export function mount(path: string) {
  return <This>(
    _method: Giver<This>,
    context: ClassMethodDecoratorContext<This, Giver<This>>,
  ): void => {
    const name = requireMethodName('@mount', context)
    const { mounts } = recordsOf(context.metadata)
    mounts.set(name, { name, path: checkMountPath(name, path) })
  }
}

/** Throws SERVICE_INVALID for two at one path. */
export function mountsOf(given: Iterable<MountDefinition>): MountDefinition[] {
  const byPath = new Map<string, MountDefinition>()
  for (const one of given) {
    const other = byPath.get(one.path)
    if (other) {
      throw new BentoError(
        'SERVICE_INVALID',
        `"${other.name}" and "${one.name}" are both mounted at ${one.path}`,
        { hint: 'Mount one of them at another path.' },
      )
    }
    byPath.set(one.path, one)
  }
  return [...byPath.values()]
}
