import type { ServeOptions } from '../../config/service-options.ts'
import type { WireError } from '../../errors.ts'
import type { ModelInfo } from '../../service/model-host.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import type { HealthReport } from '../health.ts'
import type { Plan } from '../plan.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'

/** What a worker is told once, when it is to begin. */
export interface WorkerData {
  /** From 1; a replacement has the number of the one it replaces. */
  readonly index: number
  /** Requests that it may have under way to begin with; absent: any number. */
  readonly leases?: number
  /** The bento's folder. */
  readonly path: string
  readonly manifest: BentoManifest
  readonly modelInfo: Readonly<Record<string, ModelInfo>>
  readonly options: ServeOptions
  readonly tls?: TlsSettings
  readonly plan: Plan
  readonly isDevelopment: boolean
  /** Declared environment variables that are not set. */
  readonly env: Readonly<Record<string, string>>
  /** Where this worker counts. */
  readonly counters: string
  /** Where the workers of this server keep one copy of large weights. */
  readonly weights?: string
  readonly packageRoots: readonly string[]
  readonly logFormat: 'json' | 'text'
}

/** How a worker is doing. */
export interface WorkerBeat {
  /** How long the oldest model run has been under way. */
  readonly oldestRunMs: number
  readonly rssBytes: number
  /** Since it started. */
  readonly requests: number
  /** What the service's own checks said last, where the supervisor is asked for it. */
  readonly health?: HealthReport
}

/** What only the supervisor knows. */
export type Question = 'metrics' | 'readiness' | 'series'

// Everything that crosses the process boundary, as JSON. A connection travels beside its message.
export type ToWorker =
  | { readonly type: 'begin'; readonly data: WorkerData }
  | { readonly type: 'connection'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly text: string }
  /** More requests may be under way, or no more than now: 0. Answers `lease`. */
  | { readonly type: 'granted'; readonly count: number }
  /** Others need leases. Is answered by `returned`. */
  | { readonly type: 'recall' }
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
  | { readonly type: 'lease'; readonly count: number }
  | { readonly type: 'returned'; readonly count: number; readonly isRecalled: boolean }
  /** So many of its connections have ended since the last time. */
  | { readonly type: 'closed'; readonly count: number }
  /** Every second, as long as its event loop turns. */
  | ({ readonly type: 'beat' } & WorkerBeat)
  /** Every request is: what is left is the service's own, which may block it for as long as it likes. */
  | { readonly type: 'answered' }
  /** Nothing is left to do: the process may be ended. */
  | { readonly type: 'drained' }
