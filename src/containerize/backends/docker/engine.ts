import Docker from 'dockerode'
import { BentoError, messageOf } from '../../../errors.ts'
import type { Credentials, Env } from '../../../registry/credentials.ts'

export interface Engine {
  readonly docker: Docker
  /** Whether it builds with BuildKit. */
  readonly hasBuildKit: boolean
}

/** Reaches the engine that DOCKER_HOST names, or the one of this machine. */
export async function openEngine(env: Env): Promise<Engine> {
  const socketPath = /^unix:\/\/(.+)$/.exec(env['DOCKER_HOST'] ?? '')?.[1]
  const docker = new Docker(socketPath === undefined ? {} : { socketPath })
  const { ApiVersion, Os } = await docker.version().catch((cause: unknown) => {
    throw new BentoError('DOCKER_FAILED', `No Docker engine answers: ${messageOf(cause)}`, {
      hint: 'Start Docker, or make the image without it: --backend oci.',
      cause,
    })
  })
  // The first API with a build session; Windows has no BuildKit, and DOCKER_BUILDKIT=0 is how people switch it off.
  const [, minor = 0] = ApiVersion.split('.').map(Number)
  return { docker, hasBuildKit: minor >= 39 && Os === 'linux' && env['DOCKER_BUILDKIT'] !== '0' }
}

/** What the engine's API wants to hear of who asks a registry. */
export interface RegistryAuth {
  readonly username: string
  readonly password: string
  readonly serveraddress: string
}

export function authOf(
  credentials: Credentials | undefined,
  registry: string,
): RegistryAuth | undefined {
  if (credentials === undefined) return undefined
  const serveraddress = addressOf(registry)
  if (credentials.type === 'identity') {
    return { username: '', password: credentials.token, serveraddress }
  }
  const { username, password } = credentials
  return { username, password, serveraddress }
}

/** Docker Hub is known to engines by the address of its first API. */
export function addressOf(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
}
