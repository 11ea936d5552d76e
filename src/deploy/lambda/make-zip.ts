import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Env } from '../../aws/credentials.ts'
import { inMegabytes } from '../../containerize/megabytes.ts'
import { fetchPackages } from '../../containerize/packages.ts'
import { BentoError } from '../../errors.ts'
import { listFiles } from '../../lib/files.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { parsePlatform } from '../../lib/platform.ts'
import type { ImageSource } from '../target.ts'

export interface ZipOptions {
  readonly source: ImageSource
  readonly architecture: string
  readonly env: Env
  readonly report: (step: string) => void
  readonly signal?: AbortSignal
}

export interface Zip {
  readonly bytes: Uint8Array
  readonly unzippedBytes: number
}

const handler = fileURLToPath(new URL('../../../templates/lambda/lambda.mjs', import.meta.url))

/** What Lambda unpacks at most, and takes at most in one call. */
const mostUnzipped = 250 * 1024 * 1024
const mostZipped = 50 * 1024 * 1024

// A running function reads none of these: sources, the image's files, maps of stacks, the lock.
const unread = /^(src\/|env\/|README\.md$|package-lock\.json$)|\.map$/

/** The bento for Lambda's own Node: the same files give the same bytes. */
export async function makeZip(options: ZipOptions): Promise<Zip> {
  const { source, report } = options
  const { path } = source.bento
  const platform = parsePlatform(options.architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64')
  const cache = join(source.home, 'cache', 'containerize')
  const packages = await fetchPackages({
    ...options,
    bento: path,
    platform,
    cache,
    useCache: true,
    installArgs: source.bento.manifest.image.install_args,
  })
  report('Packing the zip')
  const files = await readFiles(path, packages)
  const unzippedBytes = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0)
  if (unzippedBytes > mostUnzipped) throw tooLarge(files, unzippedBytes)
  const { zipSync } = await import('fflate')
  // The first day that a zip can name, so that time is not in the bytes.
  const bytes = zipSync(files, { level: 6, mtime: '1980-01-01T12:00:00' })
  if (bytes.length <= mostZipped) return { bytes, unzippedBytes }
  throw new BentoError(
    'DEPLOY_FAILED',
    `The zip has ${inMegabytes(bytes.length)}; Lambda takes ${inMegabytes(mostZipped)} in one call`,
    { hint: 'Leave lambda.package out: an image may have 10 GB.' },
  )
}

async function readFiles(
  bento: string,
  packages: string | undefined,
): Promise<Record<string, Uint8Array>> {
  const own = (await listFiles(bento, ['node_modules'])).filter((file) => !unread.test(file))
  const theirs = packages === undefined ? [] : await listFiles(packages)
  const sources = [
    ...own.map((file) => [file, join(bento, file)] as const),
    ...theirs.map((file) => [file, join(packages ?? '', file)] as const),
    ['lambda.mjs', handler] as const,
  ].toSorted(([a], [b]) => byCodeUnit(a, b))
  const files: Record<string, Uint8Array> = {}
  for (const [name, file] of sources) files[name] = await readFile(file)
  return files
}

function tooLarge(files: Readonly<Record<string, Uint8Array>>, size: number): BentoError {
  const largest = Object.entries(files)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, 5)
    .map(([name, bytes]) => `\n✖ ${name}: ${inMegabytes(bytes.length)}`)
  return new BentoError(
    'DEPLOY_FAILED',
    `The zip unpacks to ${inMegabytes(size)}; Lambda has room for ${inMegabytes(mostUnzipped)}${largest.join('')}`,
    { hint: 'Leave lambda.package out: an image may have 10 GB.' },
  )
}
