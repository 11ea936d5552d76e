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
