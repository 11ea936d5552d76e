import { resolve } from 'node:path'
import { BentoError } from '../../../errors.ts'
import type { Platform } from '../../../lib/platform.ts'
import { renderReference } from '../../../registry/reference.ts'
import type { BuiltImage, ContainerBackend, ImageRequest } from '../../backend.ts'
import { planLayers } from '../../layers.ts'
import { inMegabytes } from '../../megabytes.ts'
import { fetchPackages } from '../../packages.ts'
import { imageSettings } from '../../settings.ts'
import { openBase } from './base-image.ts'
import { BlobStore } from './blob-store.ts'
import { packLayer } from './pack-layer.ts'
import { pushImages } from './push-image.ts'
import { renderImage, renderIndex, type Image, type Json } from './render-image.ts'
import { writeArchive, writeLayout } from './write-image.ts'

/** Makes images with Node alone: layers are put on a base and pushed, or written to a file or a folder. */
export const ociBackend: ContainerBackend = {
  name: 'oci',
  options: ['output'],
  switches: [],
  async build(request) {
    checkRequest(request)
    const store = new BlobStore(request.cache)
    const made: Made[] = []
    try {
      for (const platform of request.platforms) made.push(await make(platform, request, store))
      return await deliver(
        made.map((one) => one.image),
        request,
        store,
      )
    } finally {
      // A base's layers may be fetched until the end.
      await Promise.all(made.map((one) => one.close()))
    }
  },
}

function checkRequest({ buildArgs, base, bento }: ImageRequest): void {
  const { image } = bento.manifest
  const [name] = Object.keys(buildArgs)
  const useless = [
    name === undefined ? undefined : `the build argument "${name}"`,
    image.system_packages.length > 0 ? 'docker.system_packages' : undefined,
    image.setup_script ? 'docker.setup_script' : undefined,
    image.dockerfile_template ? 'docker.dockerfile_template' : undefined,
    base.node === undefined ? undefined : `Node of ${base.node} on ${base.base}`,
  ].find((one) => one !== undefined)
  if (useless === undefined) return
  throw new BentoError(
    'USAGE',
    `The oci backend runs no Dockerfile: it has no use for ${useless}`,
    {
      hint: 'Leave that out, give a base that has it with --opt base=IMAGE, or use --backend docker.',
    },
  )
}

interface Made {
  readonly image: Image
  readonly close: () => Promise<void>
}

async function make(platform: Platform, request: ImageRequest, store: BlobStore): Promise<Made> {
  const { bento, report, time, useCache } = request
  const packages = await fetchPackages({
    ...request,
    bento: bento.path,
    platform,
    installArgs: bento.manifest.image.install_args,
  })
  report('packing layers')
  const layers = []
  for (const layer of await planLayers(bento.path, packages)) {
    const packed = await packLayer(layer, { store, time, useCache })
    report(`layer ${packed.name}: ${inMegabytes(packed.size)}`)
    layers.push(packed)
  }
  report(`reading the base ${request.base.base}`)
  const { base, close } = await openBase(request.base.base, { ...request, platform, store })
  const settings = imageSettings(bento.manifest, request.labels)
  return { image: renderImage({ platform, base, layers, settings, time }), close }
}

async function deliver(
  images: readonly Image[],
  request: ImageRequest,
  store: BlobStore,
): Promise<BuiltImage> {
  const root = rootOf(images)
  const { names, time, report } = request
  const path = outputOf(request)
  if (request.isPushed) await pushImages({ images, root, store, request })
  if (path !== undefined) {
    report(`writing ${path}`)
    const write = path.endsWith('.tar') ? writeArchive : writeLayout
    await write({ images, root, names, store, time }, path)
  }
  return {
    names: names.map(renderReference),
    digest: root.digest,
    ...(path === undefined ? {} : { path }),
  }
}

/** Where the image is written; one that is neither pushed nor given a place goes into a file here. */
function outputOf({ options, cwd, isPushed, bento }: ImageRequest): string | undefined {
  const { output } = options
  if (output !== undefined) return resolve(cwd, output)
  return isPushed ? undefined : resolve(cwd, `${bento.name}-${bento.version}.tar`)
}

function rootOf(images: readonly Image[]): Json {
  const [only] = images
  return images.length === 1 && only !== undefined ? only.manifest : renderIndex(images)
}
