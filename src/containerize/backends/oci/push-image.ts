import * as z from 'zod'
import { messageOf } from '../../../errors.ts'
import { openRegistry, type Registry } from '../../../registry/client.ts'
import type { Descriptor } from '../../../registry/digest.ts'
import { blobOf, pushBlob, type BlobSource } from '../../../registry/push-blob.ts'
import {
  renderReference,
  versionOfReference,
  type ImageReference,
} from '../../../registry/reference.ts'
import { attach } from '../../../registry/referrers.ts'
import type { ImageRequest } from '../../backend.ts'
import { readDocuments, type BentoDocument } from '../../documents.ts'
import { inMegabytes } from '../../megabytes.ts'
import type { BlobStore } from './blob-store.ts'
import type { Image, Json } from './render-image.ts'

export interface PushInput {
  readonly images: readonly Image[]
  /** What the names shall stand for: the only image, or the index of all. */
  readonly root: Json
  readonly store: BlobStore
  readonly request: ImageRequest
}

/** Pushes images under every name: first what is missing of their blobs, then manifests, the names last. */
export async function pushImages(input: PushInput): Promise<void> {
  for (const name of input.request.names) {
    const registry = openRegistry(name.registry, input.request)
    try {
      for (const image of input.images) await pushImage(registry, { ...input, image, name })
      await registry.putManifest(name.repository, versionOfReference(name), input.root)
      await attachDocuments(registry, name, input)
      input.request.report(`pushed ${renderReference(name)}`)
    } finally {
      await registry.close()
    }
  }
}

/** What a bento says of itself, found by the image's digest. An image is whole without it. */
async function attachDocuments(
  registry: Registry,
  name: ImageReference,
  { root, request }: PushInput,
): Promise<void> {
  const { repository } = name
  try {
    for (const document of await readDocuments(request.bento)) {
      const attached = isProvenance(document) ? ofImage(document, name, root) : document
      await attach(registry, { repository, subject: root }, attached)
    }
  } catch (error) {
    // Registries that take images only are many.
    request.report(`warning: the registry takes no documents for the image: ${messageOf(error)}`)
  }
}

function isProvenance({ title }: BentoDocument): boolean {
  return title === 'provenance.json'
}

/** What a statement is of must be among its subjects. */
function ofImage(document: BentoDocument, name: ImageReference, { digest }: Json): BentoDocument {
  const statement = statementSchema.parse(JSON.parse(document.bytes.toString()))
  const image = {
    name: renderReference(name),
    digest: { sha256: digest.slice('sha256:'.length) },
  }
  const text = JSON.stringify({ ...statement, subject: [image, ...statement.subject] })
  return { ...document, bytes: Buffer.from(text) }
}

const statementSchema = z.looseObject({ subject: z.array(z.unknown()) })

interface One extends PushInput {
  readonly image: Image
  readonly name: ImageReference
}

async function pushImage(registry: Registry, one: One): Promise<void> {
  const { image, name, root } = one
  const sent: number[] = []
  // A few at a time: registries and lines have their bounds.
  const queue = image.layers.map((layer) => layer)
  const work = async (): Promise<void> => {
    for (let layer = queue.shift(); layer !== undefined; layer = queue.shift()) {
      if (await pushLayer(registry, layer, one)) sent.push(layer.size)
    }
  }
  await Promise.all([work(), work(), work()])
  await pushBlob(registry, blobOf(image.config.bytes), { repository: name.repository })
  if (image.manifest.digest !== root.digest) {
    await registry.putManifest(name.repository, image.manifest.digest, image.manifest)
  }
  const total = sent.reduce((sum, size) => sum + size, 0)
  one.request.report(`sent ${sent.length} of ${image.layers.length} layers, ${inMegabytes(total)}`)
}

/** Returns whether it had to be sent. */
async function pushLayer(registry: Registry, layer: Descriptor, one: One): Promise<boolean> {
  const { image, name, store } = one
  const isOfBase = image.base.layers.some((own) => own.digest === layer.digest)
  const isNear = isOfBase && image.base.registry === name.registry
  const mountFrom = isNear ? image.base.repository : undefined
  const source = isOfBase ? fetched(layer, one) : store.source(layer)
  const outcome = await pushBlob(registry, source, {
    repository: name.repository,
    ...(mountFrom === undefined ? {} : { mountFrom }),
  })
  return outcome === 'pushed'
}

/** A layer of the base, which is brought here only when it must be sent. */
function fetched(layer: Descriptor, { image, store, request }: One): BlobSource {
  const own = store.source(layer)
  return {
    ...own,
    async *open(start, end) {
      if (!(await store.has(layer))) {
        request.report(`fetching a layer of the base, ${inMegabytes(layer.size)}`)
        await image.base.fetch(layer)
      }
      yield* own.open(start, end)
    },
  }
}
