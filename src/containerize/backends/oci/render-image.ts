import type { Platform } from '../../../lib/platform.ts'
import { mediaTypes } from '../../../registry/client.ts'
import { digestOf, type Descriptor } from '../../../registry/digest.ts'
import type { ImageSettings } from '../../settings.ts'
import type { BaseImage } from './base-image.ts'
import type { ImageConfig } from './image-json.ts'
import type { PackedLayer } from './pack-layer.ts'

/** An image for one platform, with everything that says what it is made of. */
export interface Image {
  readonly platform: Platform
  readonly base: BaseImage
  readonly manifest: Json
  readonly config: Json
  /** Those of the base, then ours. */
  readonly layers: readonly Descriptor[]
}

/** A document under its digest. */
export interface Json extends Descriptor {
  readonly bytes: Buffer
}

export interface ImageParts {
  readonly platform: Platform
  readonly base: BaseImage
  readonly layers: readonly PackedLayer[]
  readonly settings: ImageSettings
  readonly time: Date
}

/** Puts layers on a base. Pure: the same parts give the same digest. */
export function renderImage(parts: ImageParts): Image {
  const { base, platform } = parts
  const config = toJson(mediaTypes.config, renderConfig(parts))
  const layers = [...base.layers.map(toOci), ...parts.layers.map(toDescriptor)]
  const manifest = toJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: toDescriptor(config),
    layers,
    annotations: baseLabels(base),
  })
  return { platform, base, manifest, config, layers }
}

/** Several platforms under one name. */
export function renderIndex(images: readonly Image[]): Json {
  return toJson(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ manifest, platform }) => ({ ...toDescriptor(manifest), platform })),
  })
}

function toJson(mediaType: string, value: unknown): Json {
  const bytes = Buffer.from(JSON.stringify(value))
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes }
}

export function toDescriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size }
}

/** Bytes of Docker's layers are those of OCI's; only the name differs. */
function toOci({ mediaType, digest, size }: Descriptor): Descriptor {
  const isDocker = mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip'
  return { mediaType: isDocker ? mediaTypes.layer : mediaType, digest, size }
}

function renderConfig({ base, platform, layers, settings, time }: ImageParts): object {
  const created = time.toISOString()
  return {
    created,
    ...platform,
    config: renderRuntime(base.config, settings, base),
    rootfs: {
      type: 'layers',
      diff_ids: [...base.config.rootfs.diff_ids, ...layers.map((layer) => layer.diffId)],
    },
    history: [
      ...(base.config.history ?? base.layers.map(() => ({ created }))),
      ...layers.map(({ name }) => ({ created, created_by: `bento containerize: ${name}` })),
      { created, created_by: 'bento containerize: settings', empty_layer: true },
    ],
  }
}

const second = 1_000_000_000

function renderRuntime({ config }: ImageConfig, settings: ImageSettings, base: BaseImage): object {
  const { healthcheck } = settings
  return {
    User: settings.user,
    ExposedPorts: { [`${settings.port}/tcp`]: {} },
    Env: mergeEnv(config?.Env ?? [], settings.env),
    Entrypoint: settings.entrypoint,
    WorkingDir: settings.workingDir,
    StopSignal: 'SIGTERM',
    Labels: { ...config?.Labels, ...baseLabels(base), ...settings.labels },
    // Not in the OCI specification, but Docker and Podman look for it here.
    Healthcheck: {
      Test: ['CMD', ...healthcheck.command],
      Interval: healthcheck.intervalSeconds * second,
      Timeout: healthcheck.timeoutSeconds * second,
      StartPeriod: healthcheck.startSeconds * second,
      Retries: healthcheck.retries,
    },
  }
}

function baseLabels(base: BaseImage): Record<string, string> {
  return {
    'org.opencontainers.image.base.digest': base.digest,
    // A folder of whoever built it says nothing to others.
    ...(base.registry === undefined ? {} : { 'org.opencontainers.image.base.name': base.name }),
  }
}

/** Ours win over the base's; the order is the base's, then ours. */
function mergeEnv(base: readonly string[], own: Readonly<Record<string, string>>): string[] {
  const kept = base.filter((line) => !Object.hasOwn(own, line.split('=', 1)[0] ?? ''))
  return [...kept, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)]
}
