import type { LoadedBentofile } from '../config/load-bentofile.ts'
import type { ServiceDescription } from '../service/describe.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { ModelStore } from '../store/model-store.ts'

export type Severity = 'ok' | 'note' | 'warning' | 'error'

/** What a check found: the message says how it is, the remedy what to do about it. */
export interface Finding {
  readonly severity: Severity
  readonly message: string
  readonly remedy?: string
}

/** One thing that may stand in the way. It reports what it finds, and throws only what it did not foresee. */
export interface Check {
  readonly name: string
  run(place: Place): Promise<readonly Finding[]>
}

/** Where bento is asked to work. */
export interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** `$BENTO_HOME`. */
  readonly home: string
  readonly models: ModelStore
  readonly isContainer: boolean
  readonly subject: Subject
}

/** What is looked at besides the machine. */
export type Subject =
  | { readonly kind: 'machine' }
  | ProjectSubject
  | { readonly kind: 'bento'; readonly path: string; readonly manifest: BentoManifest }

export interface ProjectSubject {
  readonly kind: 'project'
  readonly context: string
  readonly bentofile: LoadedBentofile | undefined
  /** What the service says of itself, or why it says nothing. */
  readonly service:
    | { readonly description: ServiceDescription; readonly failure?: never }
    | { readonly description?: never; readonly failure: unknown }
}

export function ok(message: string): Finding {
  return { severity: 'ok', message }
}

export function note(message: string, remedy?: string): Finding {
  return { severity: 'note', message, ...(remedy === undefined ? {} : { remedy }) }
}

export function warning(message: string, remedy: string): Finding {
  return { severity: 'warning', message, remedy }
}

export function error(message: string, remedy: string): Finding {
  return { severity: 'error', message, remedy }
}
