import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Descriptor, Digest } from '../../../registry/digest.ts'
import { renderReference, type ImageReference } from '../../../registry/reference.ts'
import { padding, tarEnd, tarHead, tarText, type TarOptions } from '../../tar.ts'
import type { BlobStore } from './blob-store.ts'
import { toDescriptor, type Image, type Json } from './render-image.ts'

export interface WriteInput {
  readonly images: readonly Image[]
  readonly root: Json
  readonly names: readonly ImageReference[]
  readonly store: BlobStore
  readonly time: Date
}

const layoutMark = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

/** Writes an OCI layout into a folder, as other tools read it by `oci:FOLDER`. */
export async function writeLayout(input: WriteInput, folder: string): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  for (const layer of await layersOf(input)) {
    await copyFile(input.store.path(layer.digest), join(blobs, hexOf(layer.digest)))
  }
  for (const json of documentsOf(input)) {
    await writeFile(join(blobs, hexOf(json.digest)), json.bytes)
  }
  await writeFile(join(folder, 'oci-layout'), layoutMark)
  await writeFile(join(folder, 'index.json'), renderLayoutIndex(input))
}

/**
 * Writes one file that is both an OCI layout in a tar, for `skopeo` and `podman`, and what `docker load` takes. The
 * same image gives the same bytes.
 */
export async function writeArchive(input: WriteInput, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const layers = await layersOf(input)
    const bytes = Readable.from(archive(input, layers), { objectMode: false })
    await pipeline(bytes, createWriteStream(temporary, { flags: 'wx', flush: true }))
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function* archive(
  input: WriteInput,
  layers: readonly Descriptor[],
): AsyncGenerator<Uint8Array> {
  const options: TarOptions = { time: input.time }
  yield* tarText('oci-layout', layoutMark, options)
  yield* tarText('index.json', renderLayoutIndex(input), options)
  yield* tarText('manifest.json', renderDockerManifest(input), options)
  for (const { digest, bytes } of documentsOf(input)) {
    yield* tarText(`blobs/sha256/${hexOf(digest)}`, bytes, options)
  }
  for (const layer of layers) {
    yield* tarHead(`blobs/sha256/${hexOf(layer.digest)}`, layer.size, options)
    yield* input.store.source(layer).open(0, layer.size)
    yield padding(layer.size)
  }
  yield tarEnd()
}

/** Every layer once, with those of the base brought here. */
async function layersOf({ images }: WriteInput): Promise<Descriptor[]> {
  const layers = new Map<Digest, Descriptor>()
  for (const { base, layers: own } of images) {
    for (const layer of base.layers) await base.fetch(layer)
    for (const layer of own) layers.set(layer.digest, layer)
  }
  return [...layers.values()]
}

function documentsOf({ images, root }: WriteInput): Json[] {
  const all = [...images.flatMap(({ config, manifest }) => [config, manifest]), root]
  return [...new Map(all.map((json) => [json.digest, json])).values()]
}

function renderLayoutIndex({ root, names, images }: WriteInput): Buffer {
  const [only] = images.length === 1 ? images : []
  const entry = { ...toDescriptor(root), ...(only && { platform: only.platform }) }
  const named = names.map((name) => ({
    ...entry,
    annotations: {
      'io.containerd.image.name': fullName(name),
      'org.opencontainers.image.ref.name': name.tag ?? 'latest',
    },
  }))
  const manifests = named.length === 0 ? [entry] : named
  return Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))
}

/** Docker knows one platform per file: the first. */
function renderDockerManifest({ images, names }: WriteInput): Buffer {
  const [image] = images
  if (image === undefined) return Buffer.from('[]')
  const entry = {
    Config: `blobs/sha256/${hexOf(image.config.digest)}`,
    RepoTags: names.map((name) => renderReference({ ...name, tag: name.tag ?? 'latest' })),
    Layers: image.layers.map((layer) => `blobs/sha256/${hexOf(layer.digest)}`),
  }
  return Buffer.from(JSON.stringify([entry]))
}

function fullName({ registry, repository, tag }: ImageReference): string {
  return `${registry}/${repository}:${tag ?? 'latest'}`
}

function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}
