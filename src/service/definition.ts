import type { Codec } from './codec/codec.ts'
import type { MountDefinition } from './mount.ts'
import type { StreamFormat } from './stream.ts'

/** One `@api` method of a service, compiled. */
export interface ApiDefinition {
  /** The method's name. */
  readonly name: string
  readonly route: string
  /** From the `description` option; shown in the docs. */
  readonly description: string
  readonly batchable: boolean
  /** Rows, never exceeded. */
  readonly maxBatchSize: number
  /** Bound on the wait before a batch starts. */
  readonly maxLatencyMs: number
  /** Rows that may wait at once. */
  readonly maxQueueSize: number
  /** Part of the runners beside the other methods that want them. */
  readonly weight: number
  /** A batch that failed may be run again in parts, so that one bad request fails alone. */
  readonly retry: boolean
  /** An input that is run once before the service is ready. */
  readonly warmUp?: unknown
  /** More of them, by configuration. */
  readonly warmUps?: readonly unknown[]
  /** Present when it answers bit by bit: then the codec's output is that of each item. */
  readonly stream?: StreamFormat
  readonly codec: Codec
}

/** What `@service` knows of a class. */
export interface ServiceDefinition {
  readonly name: string
  readonly description: string
  /** The options as written, not yet checked: config/service-options.ts does that, once, in the supervisor. */
  readonly options: Readonly<Record<string, unknown>>
  /** Sorted by name. */
  readonly apis: readonly ApiDefinition[]
  readonly mounts: readonly MountDefinition[]
  /** Names of methods marked `@onStartup` and `@onShutdown`, sorted. */
  readonly startup: readonly string[]
  readonly shutdown: readonly string[]
  /** Of those marked `@isAlive` and `@isReady`. */
  readonly alive: readonly string[]
  readonly ready: readonly string[]
  readonly construct: () => object
}
