import { requireMethodName } from './decorated.ts'
import { recordsOf } from './records.ts'

type Hook<This> = (this: This) => unknown

/** The method runs in each worker after the models are loaded and before the first request. Sync or async. */
export function onStartup<This>(
  _method: Hook<This>,
  context: ClassMethodDecoratorContext<This, Hook<This>>,
): void {
  const name = requireMethodName('@onStartup', context)
  recordsOf(context.metadata).startup.add(name)
}

/** The method runs in each worker after its last request, before the models are freed. Sync or async. */
export function onShutdown<This>(
  _method: Hook<This>,
  context: ClassMethodDecoratorContext<This, Hook<This>>,
): void {
  const name = requireMethodName('@onShutdown', context)
  recordsOf(context.metadata).shutdown.add(name)
}

type Check<This> = (this: This) => boolean | Promise<boolean>

/**
 * What the method says is what `/livez` says: after a false an orchestrator starts the container anew. It is asked with
 * each probe, in the worker that the probe came to. Sync or async.
 */
export function isAlive<This>(
  _method: Check<This>,
  context: ClassMethodDecoratorContext<This, Check<This>>,
): void {
  const name = requireMethodName('@isAlive', context)
  recordsOf(context.metadata).alive.add(name)
}

/**
 * What the method says is what `/readyz` says, once models are loaded and `@onStartup` has run: while it says false, a
 * load balancer sends requests elsewhere. Sync or async.
 */
export function isReady<This>(
  _method: Check<This>,
  context: ClassMethodDecoratorContext<This, Check<This>>,
): void {
  const name = requireMethodName('@isReady', context)
  recordsOf(context.metadata).ready.add(name)
}
