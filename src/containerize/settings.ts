import { portOf } from '../dockerfile/image.ts'
import { isBaked } from '../dockerfile/render.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { bentoHome } from './layers.ts'

/** How a container of the image runs. Both backends write the same into their images. */
export interface ImageSettings {
  readonly user: string
  readonly workingDir: string
  readonly entrypoint: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  readonly healthcheck: Healthcheck
  readonly labels: Readonly<Record<string, string>>
}

interface Healthcheck {
  readonly command: readonly string[]
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly startSeconds: number
  readonly retries: number
}

/** User and group, by number: no base needs to know them. */
const user = '1034:1034'

export function imageSettings(
  manifest: BentoManifest,
  labels: Readonly<Record<string, string>> = {},
): ImageSettings {
  const port = portOf(manifest.config)
  return {
    user,
    workingDir: `/${bentoHome}`,
    entrypoint: [`/${bentoHome}/env/docker/entrypoint.sh`],
    env: {
      NODE_ENV: 'production',
      // onnxruntime would keep an identifier of the device, and warn where it cannot.
      ORT_DISABLE_TELEMETRY: '1',
      HOME: '/home/bento',
      // Nothing but /tmp needs to be writable.
      BENTO_HOME: '/tmp/bento',
      BENTO_PATH: `/${bentoHome}`,
      BENTO_HOST: '0.0.0.0',
      ...Object.fromEntries(manifest.envs.filter(isBaked).map(({ name, value }) => [name, value])),
    },
    port,
    healthcheck: {
      command: ['node', `/${bentoHome}/env/docker/healthcheck.mjs`, String(port)],
      intervalSeconds: 10,
      timeoutSeconds: 5,
      startSeconds: 30,
      retries: 3,
    },
    labels: { ...labelsOf(manifest), ...manifest.labels, ...labels },
  }
}

function labelsOf(manifest: BentoManifest): Record<string, string> {
  return {
    'org.opencontainers.image.title': manifest.name,
    'org.opencontainers.image.version': manifest.version,
    'bento.tag': `${manifest.name}:${manifest.version}`,
    'bento.service': manifest.service,
    'bento.bentojs': manifest.bento_version,
    'bento.models': manifest.models.map((model) => model.tag).join(','),
  }
}
