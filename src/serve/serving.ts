/** What the command line, or a bento's own main module, hands to `serve`. */
export interface ServeInput {
  /** The bento's folder: holds bento.yaml and dist/service.mjs. */
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags: ServeFlags
  /** Folders to resolve native packages from when the bento's own folder has none. */
  readonly packageRoots: readonly string[]
  /** How workers write their log: text for a person at a terminal. */
  readonly logFormat: 'json' | 'text'
  /** One line for a person, as the banner and the plan. Goes to stderr. */
  readonly say: (line: string) => void
  /** Called as soon as the port is bound, before anything is ready: from then on it can be drained and killed. */
  readonly onBound?: (serving: Serving) => void
}

export interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly workers?: number
  /** `ssl` of the service's options. */
  readonly ssl?: Readonly<Record<string, unknown>>
  /** By method: inputs to run before the service is ready. */
  readonly warmUps?: Readonly<Record<string, readonly unknown[]>>
  /** One worker. */
  readonly development?: boolean
}

/** A running service. */
export interface Serving {
  /** As `http://127.0.0.1:3000`, with https where `ssl` is on; the port is the real one when 0 was asked for. */
  readonly url: string
  readonly isDraining: boolean
  /** The exit code, once everything has ended. */
  readonly exited: Promise<number>
  /** Starts workers on another build, and drains the old ones when those are ready. On failure the old ones go on. */
  swap(path: string): Promise<void>
  /** Fails readiness, finishes what is in flight, ends. Idempotent. */
  drain(): void
  /** Ends now, with SIGKILL. */
  kill(): void
}

/** What `dist/service.mjs` exports. */
export interface BentoModule {
  serve(input: ServeInput): Promise<Serving>
  describe(): Promise<unknown>
  createApp(options?: object): Promise<unknown>
}
