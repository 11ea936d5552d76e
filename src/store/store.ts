import type { BentoError, ErrorCode } from '../errors.ts'
import type { StoredFile } from './digest.ts'
import type { Staging } from './staging.ts'

/** Something stored under a tag. */
export interface StoreEntry<M> {
  /** As `iris_classifier:oqm3yz7iyqwdyaav`. */
  readonly tag: string
  readonly name: string
  readonly version: string
  /** Its folder, absolute. Its files never change once it is stored; its manifest, only by `amend`. */
  readonly path: string
  /** When it last entered this store: built or imported again counts. */
  readonly createdAt: Date
  /** Bytes of all its files. */
  readonly size: number
  readonly manifest: M
}

/** Versioned folders under names. Any number of processes may use one at the same time. */
export interface Store<M> {
  /** `name`, `name:latest`, an exact tag, or a version prefix that only one version has. */
  find(tag: string): Promise<StoreEntry<M> | undefined>
  /** As `find`, but throws MODEL_NOT_FOUND or BENTO_NOT_FOUND. */
  require(tag: string): Promise<StoreEntry<M>>
  /** Newest first. A broken version is reported to `onBroken` and left out. */
  list(name?: string, onBroken?: (error: BentoError) => void): Promise<StoreEntry<M>[]>
  /** A new empty folder to fill. Discard it in a `finally`. */
  stage(): Promise<Staging>
  /**
   * Writes the manifest into the staging folder and puts the folder into its place. Storing the same content again
   * succeeds; other content under a tag that is taken throws MODEL_EXISTS or BENTO_EXISTS.
   */
  commit(staging: Staging, manifest: M): Promise<StoreEntry<M>>
  /** Changes what a manifest says beside what its version stands for. Throws MODEL_NOT_FOUND or BENTO_NOT_FOUND. */
  amend(tag: string, change: (manifest: M) => M): Promise<StoreEntry<M>>
  /** Removes one version, found as by `find`, and returns the bytes that this freed. Works on broken ones too. */
  remove(tag: string): Promise<number>
  /** Removes what belongs to nothing any more, and returns the bytes that this freed. */
  sweep(): Promise<number>
}

/** What a store must know of the things in it. */
export interface StoreKind<M> {
  /** Folder in the home, as `models`. */
  readonly folder: string
  /** For sentences, as `model`. */
  readonly noun: string
  /** Lists what there is, for hints. */
  readonly listCommand: string
  readonly manifestFile: string
  readonly read: (folder: string) => Promise<M>
  readonly render: (manifest: M) => Promise<string>
  /** What the version stands for, without what was found out later. */
  readonly lasting: (manifest: M) => M
  /** The files of which equal ones are kept once. */
  readonly shared: (manifest: M) => readonly StoredFile[]
  readonly notFound: ErrorCode
  readonly exists: ErrorCode
  readonly invalid: ErrorCode
}

export interface StoreOptions {
  readonly now?: () => Date
}
