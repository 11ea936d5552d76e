import { BentoError } from '../../errors.ts'
import type { FetchHandler, NodeHandler, UpgradeHandler } from '../../service/mount.ts'

/** The ways in which a mounted app can be asked. */
export interface Handlers {
  readonly fetch?: FetchHandler
  readonly node?: NodeHandler
  readonly upgrade?: UpgradeHandler
}

/** Reads what a method with `@mount` has returned. Throws SERVICE_INVALID. */
export function handlersOf(name: string, app: unknown): Handlers {
  if (typeof app === 'function') return functionHandler(app)
  const handlers = typeof app === 'object' && app !== null ? objectHandlers(app) : {}
  if (Object.keys(handlers).length > 0) return handlers
  throw new BentoError('SERVICE_INVALID', `What "${name}" mounts is no app`, {
    hint: 'Return an app of express or hono, a handler, or { request, upgrade }.',
  })
}

function objectHandlers(app: object): Handlers {
  const fetch = methodOf(app, 'fetch')
  const node = fetch ? undefined : methodOf(app, 'request')
  const upgrade = methodOf(app, 'upgrade')
  const found = { ...(fetch && { fetch }), ...(node && { node }), ...(upgrade && { upgrade }) }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Mountable gives these names these types
  return found as Handlers
}

function functionHandler(handler: object & { readonly length: number }): Handlers {
  if (handler.length > 1) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Mountable has no other function of two
    return { node: handler as NodeHandler }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because Mountable has no other function of one
  return { fetch: handler as FetchHandler }
}

/** Bound: apps of classes need their `this`. */
function methodOf(app: object, name: string): object | undefined {
  const method: unknown = Reflect.get(app, name)
  if (typeof method !== 'function') return undefined
  return (...given: unknown[]): unknown => Reflect.apply(method, app, given)
}
