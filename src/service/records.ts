import type { ApiDefinition } from './definition.ts'
import type { MountDefinition } from './mount.ts'

/** What the method decorators of a class have left for `@service`. */
export interface Records {
  readonly apis: Map<string, ApiDefinition>
  readonly mounts: Map<string, MountDefinition>
  readonly startup: Set<string>
  readonly shutdown: Set<string>
  readonly alive: Set<string>
  readonly ready: Set<string>
}

// The output of tsc gives decorators no metadata unless the symbol exists before the user's class is evaluated.
if (!Reflect.has(Symbol, 'metadata')) {
  Object.defineProperty(Symbol, 'metadata', { value: Symbol.for('Symbol.metadata') })
}

const key = Symbol.for('bentojs.records')

/** The class's own records, begun as a copy of its parent's, so that what it adds stays with it. */
export function recordsOf(metadata: DecoratorMetadataObject): Records {
  const found = metadata[key]
  if (isRecords(found) && Object.hasOwn(metadata, key)) return found
  const inherited = isRecords(found) ? found : undefined
  const records: Records = {
    apis: new Map(inherited?.apis),
    mounts: new Map(inherited?.mounts),
    startup: new Set(inherited?.startup),
    shutdown: new Set(inherited?.shutdown),
    alive: new Set(inherited?.alive),
    ready: new Set(inherited?.ready),
  }
  metadata[key] = records
  return records
}

function isRecords(value: unknown): value is Records {
  return typeof value === 'object' && value !== null && 'apis' in value && 'ready' in value
}
