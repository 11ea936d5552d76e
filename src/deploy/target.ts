import type { BentoEntry } from '../store/bento-store.ts'
import type { DeploymentSpec } from './spec.ts'

/** A place where deployments run. One folder each, and one line in the registry. */
export interface Target {
  readonly name: string
  /** Pure: the files that describe the deployment, whole. */
  render(spec: DeploymentSpec): Promise<readonly RenderedFile[]>
  /** Where it would run. */
  placeOf(spec: DeploymentSpec): Place
  /** Finds credentials and reaches the place; close it in a `finally`. */
  connect(options: ConnectOptions): Promise<Connection>
}

export interface RenderedFile {
  readonly path: string
  readonly text: string
}

export interface ConnectOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly place: Place
  readonly signal?: AbortSignal
  /** A step of something long. */
  readonly report: (step: string) => void
}

/** Which part of the target; each knows some of these. */
export interface Place {
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  readonly region?: string | undefined
  readonly project?: string | undefined
}

/** What a target needs that makes images itself. */
export interface ImageSource {
  readonly bento: BentoEntry
  /** Folder of bento's home. */
  readonly home: string
  /** Processor of this machine, as Node calls it. */
  readonly arch: string
}

/** What can be done with deployments at one place. */
export interface Connection {
  /** What an apply would change. Changes nothing. */
  plan(spec: DeploymentSpec): Promise<readonly Change[]>
  apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied>
  list(): Promise<readonly DeploymentStatus[]>
  get(name: string): Promise<DeploymentStatus>
  logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>>
  rollback(name: string, options: ApplyOptions & { readonly revision?: number }): Promise<Applied>
  delete(name: string, options: { readonly wait: boolean }): Promise<readonly string[]>
  close(): void
}

export interface ApplyOptions {
  readonly wait: boolean
  readonly timeoutSeconds: number
  /** Takes fields and objects over that others own. */
  readonly force: boolean
  /** The bento, where one is named. */
  readonly source?: ImageSource | undefined
}

export interface Change {
  /** As `Deployment/iris`. */
  readonly object: string
  readonly action: 'create' | 'update' | 'delete' | 'none'
  /** Lines that begin with "+", "-" or " ". */
  readonly diff: string
  /** Who else owns what this would change. */
  readonly conflicts: readonly string[]
}

export interface Applied {
  readonly name: string
  /** Null where the target counts none. */
  readonly revision: number | null
  readonly changed: readonly string[]
  readonly pruned: readonly string[]
  readonly status: DeploymentStatus
}

export interface DeploymentStatus {
  readonly name: string
  readonly bento: string | null
  readonly image: string
  readonly status: 'running' | 'deploying' | 'unhealthy' | 'scaled-to-zero'
  readonly ready: number
  readonly replicas: number
  readonly revision: number | null
  readonly url: string | null
  readonly created_at: string
  /** Why it is not running. */
  readonly reason: string | null
  readonly revisions?: readonly RevisionSummary[]
}

interface RevisionSummary {
  readonly revision: number
  readonly bento: string | null
  readonly image: string
  readonly status: string
  readonly at: string
}

export interface LogLine {
  readonly text: string
  /** Who wrote it; null where the target does not tell its replicas apart. */
  readonly replica: string | null
  /** Whether lines of others stand around it. */
  readonly isMixed: boolean
}

export interface LogOptions {
  readonly follow: boolean
  readonly lines: number
}
