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
  /**
   * Where ONNX models run. The next in the list is taken only where the one before does not work; without a next one that
   * is an error. Default: cpu.
   */
  readonly providers?: readonly ExecutionProvider[]
  readonly batching?: BatchingOptions
  readonly logging?: LoggingOptions
  readonly metrics?: MetricsOptions
  readonly monitoring?: MonitoringOptions
  readonly tracing?: TracingOptions
  readonly envs?: readonly EnvOptions[]
  readonly labels?: Readonly<Record<string, string>>
  readonly http?: HttpOptions
  /** HTTPS instead of HTTP. */
  readonly ssl?: SslOptions
  /** Seconds after which a run counts as hung, and its worker is replaced. Default: twice the timeout. */
  readonly runTimeout?: number
  /** Bytes, as 2e9 or "2Gi". A worker that has grown beyond this is drained and replaced. Default: no bound. */
  readonly maxWorkerRss?: number | string
  /** A worker that has answered about so many requests is drained and replaced. Default: no bound. */
  readonly maxRequests?: number
}

type ExecutionProvider = 'cpu' | 'cuda' | 'tensorrt' | 'coreml' | 'directml' | 'webgpu'

interface BatchingOptions {
  /** Waits, never longer than it gains, for clients that are about to come back. Default: true. */
  readonly hold?: boolean
  /** Batches follow what was learned of them. False: whatever waits is one batch. Default: true. */
  readonly adaptive?: boolean
}

interface LoggingOptions {
  /** Default: info. BENTO_LOG_LEVEL comes first. */
  readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** Default: text at a terminal, else JSON lines. */
  readonly format?: 'json' | 'text'
  /**
   * What `logger` and the console write inside a request has its ids; costs each request some microseconds on Node 20.
   * Default: true in a service that imports `logger` or `monitor`.
   */
  readonly correlate?: boolean
  readonly access?: AccessLogOptions
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
  /** How ids are written, as Python formats whole numbers. Default: 032x and 016x. */
  readonly format?: { readonly traceId?: string; readonly spanId?: string }
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
  /** Serves metrics and probes on a port of their own; the API then has no `/metrics`. */
  readonly port?: number
  /** Default: as `http.host`. */
  readonly host?: string
}

/** What `monitor()` of a service's code does. */
interface MonitoringOptions {
  /** Default: true. */
  readonly enabled?: boolean
  /** Rotated files of JSON lines, or OTLP over HTTP. Default: default, the files. */
  readonly type?: 'default' | 'otlp'
  /** Share of the records that are kept, 0 to 1. Default: 1. */
  readonly sampleRate?: number
  readonly options?: {
    /** Folder of the files. Default: monitoring. */
    readonly logPath?: string
    /** A file that has grown beyond this is rotated. Default: 100Mi. */
    readonly maxFileSize?: number | string
    /** Of the OTLP collector's logs. */
    readonly endpoint?: string
    readonly headers?: Readonly<Record<string, string>>
  }
}

interface TracingOptions {
  /** Absent: no spans leave the process. */
  readonly exporterType?: 'otlp'
  /** Share of the traces begun here that are exported, 0 to 1. Default: 0. */
  readonly sampleRate?: number
  /** Seconds for one export. Default: 10. */
  readonly timeout?: number
  /** Regular expressions; what matches one is not traced. */
  readonly excludedUrls?: readonly string[]
  readonly otlp?: {
    readonly endpoint?: string
    readonly http?: { readonly headers?: Readonly<Record<string, string>> }
  }
}

interface EnvOptions {
  readonly name: string
  /** Absent or empty: must be set where the service runs. */
  readonly value?: string
  readonly stage?: 'all' | 'build' | 'runtime'
}

/** BentoML's own names and numbers. Files are PEM, and paths are taken from where the service is started. */
interface SslOptions {
  /** Default: false. */
  readonly enabled?: boolean
  /** The certificate, and those between it and its authority. */
  readonly certfile?: string
  /** Default: the key is in `certfile` too. */
  readonly keyfile?: string
  /** Better in BENTO_SSL_KEYFILE_PASSWORD. */
  readonly keyfilePassword?: string
  /** The authorities that may have signed a client. */
  readonly caCerts?: string
  /** 17: TLS 1.2 and newer. 5: TLS 1.2 alone. Default: 17. */
  readonly version?: 2 | 17 | 5
  /** Whether clients need a certificate. 0: no; 1: they may have one; 2: yes. Default: 0. */
  readonly certReqs?: 0 | 1 | 2
  /** As OpenSSL's lists. Default: Node's own. */
  readonly ciphers?: string
}

/** BentoML's own names. */
interface CorsOptions {
  readonly enabled?: boolean
  /** Origins, or "*" for any. */
  readonly accessControlAllowOrigins?: string | readonly string[]
  /** Of a whole origin. */
  readonly accessControlAllowOriginRegex?: string
  /** Default: GET. "*" for all. */
  readonly accessControlAllowMethods?: string | readonly string[]
  readonly accessControlAllowHeaders?: string | readonly string[]
  readonly accessControlAllowCredentials?: boolean
  readonly accessControlExposeHeaders?: string | readonly string[]
  /** Seconds. Default: 600. */
  readonly accessControlMaxAge?: number
}

interface HttpOptions {
  /** Default: 127.0.0.1, and 0.0.0.0 in a container. */
  readonly host?: string
  /** Default: 3000. */
  readonly port?: number
  /** Of a request after decompression. Default: 64Mi. */
  readonly maxBodySize?: number | string
  /** Open connections at once, over all workers. Default: 10000. */
  readonly maxConnections?: number
  /** Seconds for the headers of a request to arrive. Default: 10. */
  readonly headersTimeout?: number
  /** Seconds for a whole request to arrive. Default: 300. */
  readonly requestTimeout?: number
  /** Seconds that an idle connection is kept; longer than a load balancer keeps one. Default: 75. */
  readonly keepAliveTimeout?: number
  /** A page at `/` to try the service on. Default: true. */
  readonly page?: boolean
  /** A client may give the URL of a file in its place, of the public internet alone. Default: false. */
  readonly urlInputs?: boolean
  /** Which pages of other origins may call. Default: none. */
  readonly cors?: CorsOptions
  /** Headers that answers have on request. */
  readonly response?: {
    /** `X-BentoML-Trace-ID`. Default: false. */
    readonly traceId?: boolean
    /** `Server-Timing`: parse, queue, infer and encode, the batch's size and reason. Default: false. */
    readonly serverTiming?: boolean
    /**
     * How NaN and the infinities of floats are written: null, or as Python writes them, which is no JSON. BentoML's own
     * client is always given the latter. Default: null.
     */
    readonly nonFinite?: 'null' | 'token'
  }
}
