import * as z from 'zod'
import { BentoError } from '../errors.ts'
import { mediaTypes } from '../registry/client.ts'
import { digestOf, isDigest, type Descriptor, type Digest } from '../registry/digest.ts'
import type { ManifestBytes } from './remote.ts'

export type Kind = 'bento' | 'model'

/** A bento or a model outside: a manifest of the OCI image specification 1.1 that refers to blobs. */
export interface Artifact {
  readonly kind: Kind
  /** `NAME:VERSION`. */
  readonly tag: string
  /** All files but the large ones, as a gzip tar. */
  readonly files: Descriptor
  /** Large files one by one, so that a version sends again only those that changed. */
  readonly large: readonly LargeFile[]
}

export interface LargeFile extends Descriptor {
  readonly path: string
}

const types = {
  files: 'application/vnd.bento.files.v1.tar+gzip',
  large: 'application/vnd.bento.file.v1',
} as const
const titleKey = 'org.opencontainers.image.title'
const tagKey = 'bento.tag'

/** The config that OCI asks of what is no image. */
export const emptyConfig = Buffer.from('{}')

export function filesDescriptor(digest: Digest, size: number): Descriptor {
  return { mediaType: types.files, digest, size }
}

export function largeFile(path: string, digest: Digest, size: number): LargeFile {
  return { mediaType: types.large, digest, size, path }
}

export function renderArtifact({ kind, tag, files, large }: Artifact): ManifestBytes {
  const config = {
    mediaType: mediaTypes.empty,
    digest: digestOf(emptyConfig),
    size: emptyConfig.length,
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: artifactType(kind),
    config,
    layers: [
      files,
      ...large.map(({ path, ...blob }) => ({ ...blob, annotations: { [titleKey]: path } })),
    ],
    annotations: { [tagKey]: tag },
  }
  return { mediaType: mediaTypes.manifest, bytes: Buffer.from(JSON.stringify(manifest)) }
}

function artifactType(kind: Kind): string {
  return `application/vnd.bento.${kind}.v1`
}

const blob = z.object({
  mediaType: z.string(),
  digest: z.string().refine((text): text is Digest => isDigest(text)),
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).default({}),
})

const schema = z.object({
  artifactType: z.string(),
  layers: z.array(blob),
  annotations: z.object({ [tagKey]: z.string() }),
})

/** Reads what somebody pushed; `name` is where it was found. */
export function parseArtifact(bytes: Buffer, kind: Kind, name: string): Artifact {
  const { data } = schema.safeParse(parseJson(bytes))
  if (data?.artifactType !== artifactType(kind)) throw invalid(name, `holds no ${kind}`)
  const files = data.layers.find(({ mediaType }) => mediaType === types.files)
  if (files === undefined) throw invalid(name, 'lists no files')
  const others = data.layers.filter(({ mediaType }) => mediaType === types.large)
  return {
    kind,
    tag: data.annotations[tagKey],
    files,
    large: others.map(({ annotations, digest, size }) =>
      largeFile(annotations[titleKey] ?? '', digest, size),
    ),
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    // Nothing of ours, then.
    return undefined
  }
}

function invalid(name: string, problem: string): BentoError {
  return new BentoError('ARCHIVE_INVALID', `"${name}" ${problem} of bento`, {
    hint: 'An image goes with `docker pull`; a model with `bento models pull`, a bento with `bento pull`.',
  })
}
