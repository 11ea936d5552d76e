import type { ServiceDefinition } from '../../service/definition.ts'
import type { ConcurrencyGate } from '../concurrency.ts'
import { methodOf } from '../methods.ts'
import type { Recorder } from '../observe/recorder.ts'
import { handlersOf } from './handlers.ts'
import { MountRoute } from './mount-route.ts'

interface Mounting {
  readonly recorder: Recorder
  readonly gate: ConcurrencyGate
}

interface Mounted {
  readonly definition: ServiceDefinition
  readonly instance: object
}

/** Asks the service for the apps that it mounts. */
export async function createMounts(
  { recorder, gate }: Mounting,
  { definition, instance }: Mounted,
): Promise<MountRoute[]> {
  return Promise.all(
    definition.mounts.map(async ({ name, path }) => {
      const handlers = handlersOf(name, await methodOf(instance, name)())
      const under = path === '/' ? '/*' : `${path}/*`
      return new MountRoute({ path, handlers, recorder: recorder.endpoint(under), gate })
    }),
  )
}
