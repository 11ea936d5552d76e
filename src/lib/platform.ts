import { BentoError } from '../errors.ts'

/** Of an image, as the OCI image specification names it. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

/** What npm calls the architectures of images. */
const cpus: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm64: 'arm64',
  ppc64le: 'ppc64',
  s390x: 's390x',
}
const aliases: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
}

/** Reads `linux/amd64` or `linux/arm64/v8`. Images of bento are Linux. */
export function parsePlatform(text: string): Platform {
  const [os = '', given = '', variant, ...more] = text.split('/')
  const architecture = aliases[given] ?? given
  if (os !== 'linux' || !Object.hasOwn(cpus, architecture) || more.length > 0) {
    throw new BentoError('USAGE', `"${text}" is no platform that images are built for`, {
      hint: `Use one of: ${Object.keys(cpus)
        .map((cpu) => `linux/${cpu}`)
        .join(', ')}.`,
    })
  }
  // Every arm64 is v8: registries leave it out or not.
  const isPlain = variant === undefined || (architecture === 'arm64' && variant === 'v8')
  return { os, architecture, ...(isPlain ? {} : { variant }) }
}

export function renderPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
}

/** The platform that npm must fetch packages for. */
export function npmPlatform({ os, architecture }: Platform): {
  os: string
  cpu: string
  libc: string
} {
  return { os, cpu: cpus[architecture] ?? architecture, libc: 'glibc' }
}

/** The platform of images that run here: on macOS and Windows, engines run Linux. */
export function hostPlatform(arch: string): Platform {
  return parsePlatform(`linux/${arch === 'ppc64' ? 'ppc64le' : arch}`)
}

/** Whether something for `offered` runs on `wanted`. */
export function isSamePlatform(wanted: Platform, offered: Platform): boolean {
  return (
    wanted.os === offered.os &&
    wanted.architecture === offered.architecture &&
    variantOf(wanted) === variantOf(offered)
  )
}

// Every arm64 is v8: some say so.
function variantOf({ architecture, variant }: Platform): string {
  return architecture === 'arm64' && variant === 'v8' ? '' : (variant ?? '')
}
