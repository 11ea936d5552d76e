import type { Base } from '../dockerfile/image.ts'
import { BentoError } from '../errors.ts'
import type { Platform } from '../lib/platform.ts'
import type { Digest } from '../registry/digest.ts'
import type { ImageReference } from '../registry/reference.ts'
import type { BentoEntry } from '../store/bento-store.ts'

export interface ImageRequest {
  readonly bento: BentoEntry
  /** Names that the image gets. */
  readonly names: readonly ImageReference[]
  readonly platforms: readonly Platform[]
  /** Image to put the bento on: a name, or `oci:FOLDER`; and where its Node comes from when it has none. */
  readonly base: Base
  readonly labels: Readonly<Record<string, string>>
  readonly buildArgs: Readonly<Record<string, string>>
  readonly useCache: boolean
  readonly isPushed: boolean
  /** Registries without TLS, or with a certificate of their own, will do. */
  readonly isInsecure: boolean
  /** Time of everything in the image. */
  readonly time: Date
  /** Folder to keep packages and layers in between calls. */
  readonly cache: string
  /** Paths in `base` and `options` are relative to it. */
  readonly cwd: string
  /** What only one of the backends knows. */
  readonly options: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (line: string) => void
  readonly signal?: AbortSignal
}

export interface BuiltImage {
  /** Names that it has now. */
  readonly names: readonly string[]
  /** Of the manifest or the index; an engine that was not asked to push knows only the image's id. */
  readonly digest: Digest
  /** Where it was written to, when it was written to a file or a folder. */
  readonly path?: string
}

/** Something that makes images of bentos. */
export interface ContainerBackend {
  readonly name: string
  /** Names of what `options` of a request may hold, with a value. */
  readonly options: readonly string[]
  /** Those that are on, with "true", or absent. */
  readonly switches: readonly string[]
  build(request: ImageRequest): Promise<BuiltImage>
}

const backends = new Map<string, () => Promise<ContainerBackend>>([
  ['docker', () => import('./backends/docker/backend.ts').then((file) => file.dockerBackend)],
  ['oci', () => import('./backends/oci/backend.ts').then((file) => file.ociBackend)],
])

const backendNames = [...backends.keys()]

export async function loadBackend(name: string): Promise<ContainerBackend> {
  const load = backends.get(name)
  if (load) return load()
  throw new BentoError('USAGE', `"${name}" is no backend that makes images`, {
    hint: `Use one of: ${backendNames.join(', ')}.`,
  })
}
