import type { Descriptor } from '../registry/digest.ts'
import type { BlobSource, PushOutcome } from '../registry/push-blob.ts'

/** A place outside that keeps bentos or models of one name, by version. */
export interface Remote {
  /** For sentences, as `oci://ghcr.io/acme/iris`. */
  readonly name: string
  /** The manifest of a version, or undefined. */
  findManifest(version: string): Promise<Buffer | undefined>
  /** What the manifest refers to must be there. */
  putManifest(version: string, manifest: ManifestBytes): Promise<void>
  /** Sends a blob where it is missing. */
  pushBlob(source: BlobSource): Promise<PushOutcome>
  /** Brings a blob into a file, checked; a later call goes on where one that was cut off ended. */
  fetchBlob(blob: Descriptor, file: string): Promise<void>
  close(): Promise<void>
}

export interface ManifestBytes {
  readonly mediaType: string
  readonly bytes: Buffer
}

export interface RemoteOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Plain HTTP, or a certificate of its own, will do. */
  readonly isInsecure: boolean
  /** Relative folders are below it. */
  readonly cwd: string
  readonly signal?: AbortSignal
}
