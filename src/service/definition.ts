import type { Codec } from './codec/codec.ts'

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
  /** Names of methods marked `@onStartup` and `@onShutdown`, sorted. */
  readonly startup: readonly string[]
  readonly shutdown: readonly string[]
  readonly construct: () => object
}
