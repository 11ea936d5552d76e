/** What `@service` takes. Every one can be changed at run time: BENTO_CONFIG, BENTO_CONFIG_OVERRIDES. */
export interface ServiceOptions {
  /** Name of the service and, in snake case, of its bento. Default: the class's name. */
  readonly name?: string
  readonly description?: string
  readonly resources?: ResourceOptions
  readonly traffic?: TrafficOptions
  /** Worker processes; "cpu_count": one for each CPU that the container may use. Default: 1. */
  readonly workers?: number | 'cpu_count'
  /** Runner threads in each worker. Default: planned from the CPU quota. */
  readonly threads?: number
  readonly logging?: { readonly access?: AccessLogOptions }
  readonly metrics?: MetricsOptions
  readonly envs?: readonly EnvOptions[]
  readonly labels?: Readonly<Record<string, string>>
  readonly http?: HttpOptions
  /** Seconds after which a run counts as hung, and its worker is replaced. Default: twice the timeout. */
  readonly runTimeout?: number
}

/** What a deployment asks its platform for. */
interface ResourceOptions {
  readonly cpu?: string | number
  readonly memory?: string | number
  readonly gpu?: number
  readonly gpuType?: string
}

interface TrafficOptions {
  /** Seconds for a whole request. Default: 60. */
  readonly timeout?: number
  /** Concurrent requests that autoscaling aims at. */
  readonly concurrency?: number
  /** Concurrent requests that are never exceeded; more get a 429. */
  readonly maxConcurrency?: number
}

/** What the access log says of each request. Default: everything, but for the infrastructure's own paths. */
interface AccessLogOptions {
  readonly enabled?: boolean
  readonly requestContentLength?: boolean
  readonly requestContentType?: boolean
  readonly responseContentLength?: boolean
  readonly responseContentType?: boolean
  /** Paths that begin with one of these are not logged. */
  readonly skipPaths?: readonly string[]
}

interface MetricsOptions {
  readonly enabled?: boolean
  /** Prefix of every metric. Default: bentoml. */
  readonly namespace?: string
  /** Either buckets, or min, max and factor. Seconds. */
  readonly duration?: {
    readonly buckets?: readonly number[]
    readonly min?: number
    readonly max?: number
    readonly factor?: number
  }
}

interface EnvOptions {
  readonly name: string
  /** Absent or empty: must be set where the service runs. */
  readonly value?: string
  readonly stage?: 'all' | 'build' | 'runtime'
}

interface HttpOptions {
  /** Default: 127.0.0.1, and 0.0.0.0 in a container. */
  readonly host?: string
  /** Default: 3000. */
  readonly port?: number
}
