import type { ServeOptions } from '../../config/service-options.ts'
import type { WireError } from '../../errors.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import type { Plan } from '../plan.ts'

/** What a worker is told once, when it is to begin. */
export interface WorkerData {
  /** From 1; a replacement has the number of the one it replaces. */
  readonly index: number
  /** The bento's folder. */
  readonly path: string
  readonly manifest: BentoManifest
  readonly options: ServeOptions
  readonly plan: Plan
  /** Declared environment variables that are not set. */
  readonly env: Readonly<Record<string, string>>
  /** Where this worker counts. */
  readonly counters: string
  readonly packageRoots: readonly string[]
  readonly logFormat: 'json' | 'text'
}

/** What only the supervisor knows. */
export type Question = 'metrics' | 'readiness'

// Everything that crosses the process boundary, as JSON. A connection travels beside its message.
export type ToWorker =
  | { readonly type: 'begin'; readonly data: WorkerData }
  | { readonly type: 'connection'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly text: string }
  /** Idle connections are closed after `lastCallMs`: a request may be on its way on any of them. */
  | { readonly type: 'drain'; readonly lastCallMs: number }

export type FromWorker =
  /** It listens: it can be told to begin. */
  | { readonly type: 'awake' }
  /** HTTP is up: probes are answered, calls wait for the models. */
  | { readonly type: 'listening' }
  | { readonly type: 'ready' }
  /** It has this connection: the supervisor may let go of its own hold on it. */
  | { readonly type: 'accepted'; readonly id: number }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  /** Every second; says how long the oldest model run has been under way. */
  | { readonly type: 'beat'; readonly oldestRunMs: number }
  /** Nothing is left to do: the process may be ended. */
  | { readonly type: 'drained' }
