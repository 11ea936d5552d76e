import { copyFile, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BentoError, isBentoError, isSystemError } from '../../../errors.ts'
import { isSamePlatform, renderPlatform, type Platform } from '../../../lib/platform.ts'
import { openRegistry, type Registry } from '../../../registry/client.ts'
import {
  digestOf,
  isDigest,
  mismatch,
  type Descriptor,
  type Digest,
} from '../../../registry/digest.ts'
import { downloadBlob, readSmallBlob } from '../../../registry/pull-blob.ts'
import { parseReference, renderReference, versionOfReference } from '../../../registry/reference.ts'
import type { BlobStore } from './blob-store.ts'
import {
  type ImageConfig,
  invalid,
  isIndex,
  parseConfig,
  parseIndex,
  parseManifest,
} from './image-json.ts'

/** An image to build on, for one platform. */
export interface BaseImage {
  readonly name: string
  /** Of its manifest. */
  readonly digest: Digest
  readonly config: ImageConfig
  readonly layers: readonly Descriptor[]
  /** Where its layers are, when that is a registry: they can be linked there instead of sent. */
  readonly registry?: string
  readonly repository?: string
  /** Brings a layer into the store. */
  fetch(layer: Descriptor): Promise<void>
}

export interface BaseOptions {
  readonly platform: Platform
  readonly store: BlobStore
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isInsecure: boolean
  /** A folder is relative to it. */
  readonly cwd: string
  readonly signal?: AbortSignal
}

/** A place that images are read from. */
interface Source {
  readonly name: string
  root(): Promise<{ mediaType: string; bytes: Buffer }>
  manifest(wanted: Descriptor): Promise<Buffer>
  config(wanted: Descriptor): Promise<Buffer>
  fetch(layer: Descriptor): Promise<void>
  readonly at?: { readonly registry: string; readonly repository: string }
}

/** Finds the base by name in its registry, or in an OCI layout given as `oci:FOLDER`. */
export async function openBase(
  text: string,
  options: BaseOptions,
): Promise<{ base: BaseImage; close: () => Promise<void> }> {
  const folder = /^oci:(?!\/\/)(.+)$/s.exec(text)?.[1]
  if (folder !== undefined) {
    return {
      base: await readBase(layoutSource(resolve(options.cwd, folder), options.store), options),
      close: noop,
    }
  }
  const { registry: host } = parseReference(text)
  const registry = openRegistry(host, options)
  try {
    const base = await readBase(registrySource(text, registry, options.store), options)
    return { base, close: () => registry.close() }
  } catch (error) {
    await registry.close()
    throw withWayOut(error)
  }
}

const registryCodes = new Set(['REGISTRY_FAILED', 'REGISTRY_DENIED', 'IMAGE_NOT_FOUND'])

/** A base needs no registry when it lies in a folder. */
function withWayOut(error: unknown): unknown {
  if (!isBentoError(error) || !registryCodes.has(error.code)) return error
  const { code, message, hint } = error
  const wayOut = 'Or build on an OCI layout, which needs no registry: --opt base=oci:FOLDER.'
  return new BentoError(code, `The base cannot be fetched: ${message}`, {
    hint: hint === undefined ? wayOut : `${hint} ${wayOut}`,
    cause: error,
  })
}

async function noop(): Promise<void> {}

async function readBase(source: Source, { platform, store }: BaseOptions): Promise<BaseImage> {
  const { name } = source
  let { mediaType, bytes } = await source.root()
  if (isIndex(mediaType)) {
    const entry = pick(parseIndex(bytes, name).manifests, platform, name)
    mediaType = entry.mediaType
    bytes = await source.manifest(toDescriptor(entry))
    // A layout may list an index, as one that was copied whole.
    if (isIndex(mediaType)) {
      bytes = await source.manifest(
        toDescriptor(pick(parseIndex(bytes, name).manifests, platform, name)),
      )
    }
  }
  const manifest = parseManifest(bytes, name)
  const config = parseConfig(await source.config(toDescriptor(manifest.config)), name)
  checkConfig(config, manifest.layers.length, { platform, name })
  return {
    name,
    digest: digestOf(bytes),
    config,
    layers: manifest.layers.map(toDescriptor),
    ...source.at,
    fetch: async (layer) => {
      if (!(await store.has(layer))) await source.fetch(layer)
    },
  }
}

type Entry = ReturnType<typeof parseIndex>['manifests'][number]

function pick(entries: readonly Entry[], platform: Platform, name: string): Entry {
  // An entry without a platform is what a tool wrote that knew of one only.
  const found =
    entries.find(
      (entry) => entry.platform && isSamePlatform(platform, toPlatform(entry.platform)),
    ) ?? entries.find((entry) => entry.platform === undefined)
  if (found) return found
  throw invalid(name, `index has nothing for ${renderPlatform(platform)}`)
}

function checkConfig(
  config: ImageConfig,
  layers: number,
  { platform, name }: { platform: Platform; name: string },
): void {
  const own = toPlatform(config)
  if (!isSamePlatform(platform, own)) {
    throw invalid(name, `platform is ${renderPlatform(own)}, not ${renderPlatform(platform)}`)
  }
  if (config.rootfs.diff_ids.length !== layers) {
    throw invalid(name, 'config and manifest differ in their layers')
  }
}

function toPlatform({
  os,
  architecture,
  variant,
}: {
  os: string
  architecture: string
  variant?: string | undefined
}): Platform {
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}

function toDescriptor({ mediaType, digest, size }: Entry): Descriptor {
  return { mediaType, digest, size }
}

function registrySource(text: string, registry: Registry, store: BlobStore): Source {
  const reference = parseReference(text)
  const { repository } = reference
  const manifest = async (version: string): Promise<{ mediaType: string; bytes: Buffer }> => {
    const digest = isDigest(version) ? version : await registry.findDigest(repository, version)
    const kept = digest && (await store.read(digest))
    if (kept) return { mediaType: typeOf(kept), bytes: kept }
    const found = await registry.requireManifest(repository, version)
    await store.write(found.bytes)
    return found
  }
  return {
    name: renderReference(reference),
    at: { registry: reference.registry, repository },
    root: () => manifest(versionOfReference(reference)),
    manifest: async ({ digest }) => (await manifest(digest)).bytes,
    async config(wanted) {
      const kept = await store.read(wanted.digest)
      if (kept) return kept
      const bytes = await readSmallBlob(registry, { ...wanted, repository })
      await store.write(bytes)
      return bytes
    },
    async fetch(layer) {
      await downloadBlob(registry, { ...layer, repository }, await store.prepare(layer.digest))
    },
  }
}

function typeOf(bytes: Buffer): string {
  const manifest: unknown = JSON.parse(bytes.toString())
  if (typeof manifest !== 'object' || manifest === null) return ''
  if ('mediaType' in manifest && typeof manifest.mediaType === 'string') return manifest.mediaType
  return 'manifests' in manifest ? 'application/vnd.oci.image.index.v1+json' : ''
}

/** A folder as `skopeo copy … oci:FOLDER` and `docker buildx build -o type=oci` make them. */
function layoutSource(folder: string, store: BlobStore): Source {
  const blob = ({ digest }: Descriptor): string =>
    join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
  const read = async (wanted: Descriptor): Promise<Buffer> => {
    const bytes = await readFile(blob(wanted))
    if (digestOf(bytes) !== wanted.digest) throw mismatch(wanted.digest, `"${digestOf(bytes)}"`)
    return bytes
  }
  return {
    name: `oci:${folder}`,
    root: async () => ({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      bytes: await readLayoutIndex(folder),
    }),
    manifest: read,
    config: read,
    async fetch(layer) {
      const { digestFile } = await import('../../../lib/files.ts')
      await stat(blob(layer))
      await store.take(async (temporary) => {
        await copyFile(blob(layer), temporary)
        const { sha256 } = await digestFile(temporary)
        if (`sha256:${sha256}` !== layer.digest) throw mismatch(layer.digest, `"sha256:${sha256}"`)
        return layer
      })
    },
  }
}

async function readLayoutIndex(folder: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, 'index.json'))
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT') && !isSystemError(cause, 'ENOTDIR')) throw cause
    throw new BentoError('IMAGE_NOT_FOUND', `"${folder}" is no OCI layout: it has no index.json`, {
      hint: 'Make one with `skopeo copy docker://node:26-slim oci:FOLDER`.',
      cause,
    })
  }
}
