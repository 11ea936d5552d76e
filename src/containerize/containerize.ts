import { join } from 'node:path'
import { baseOf, checkImage } from '../dockerfile/image.ts'
import { BentoError, isSystemError, messageOf } from '../errors.ts'
import { hostPlatform, parsePlatform, renderPlatform, type Platform } from '../lib/platform.ts'
import { sweep } from '../lib/sweep.ts'
import type { ImageReference } from '../registry/reference.ts'
import type { BentoEntry } from '../store/bento-store.ts'
import { parseOptions } from './backend-options.ts'
import { loadBackend, type BuiltImage } from './backend.ts'
import { documentLabels } from './documents.ts'
import { parseImageName } from './image-name.ts'

export interface ContainerizeInput {
  readonly bento: BentoEntry
  /** Name of the backend. */
  readonly backend: string
  /** As typed: `iris:v1`; none: the bento's tag. */
  readonly names: readonly string[]
  /** As typed: `linux/amd64`; none: this machine's. */
  readonly platforms: readonly string[]
  /** As typed: `KEY=VALUE`, or `KEY` alone. */
  readonly options: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly buildArgs: Readonly<Record<string, string>>
  readonly useCache: boolean
  readonly isPushed: boolean
  readonly isInsecure: boolean
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder of bento's home. */
  readonly home: string
  /** Processor of this machine, as Node calls it. */
  readonly arch: string
  readonly report: (line: string) => void
  readonly signal?: AbortSignal
}

/** Makes an image of a bento. */
export async function containerize(input: ContainerizeInput): Promise<BuiltImage> {
  const backend = await loadBackend(input.backend)
  const { base, ...options } = parseOptions(input.options, backend)
  checkImage(input.bento.manifest.image)
  const { bento, labels, buildArgs, useCache, isPushed, isInsecure, cwd, env, report } = input
  const cache = join(input.home, 'cache', 'containerize')
  for (const folder of [cache, join(cache, 'packages')]) await sweep(folder, Date.now())
  const documents = await documentLabels(bento)
  const building = backend.build({
    bento,
    names: namesOf(input),
    platforms: platformsOf(input),
    base: base === undefined ? baseOf(bento.manifest.image) : { base },
    labels: { ...documents, ...labels },
    buildArgs,
    useCache,
    isPushed,
    isInsecure,
    time: timeOf(env['SOURCE_DATE_EPOCH']),
    cache,
    options,
    cwd,
    env,
    report,
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  })
  return building.catch((error: unknown) => {
    throw cannotWrite(error) ?? error
  })
}

/** A disk that is full or not ours is nobody's bug. */
function cannotWrite(cause: unknown): BentoError | undefined {
  const code = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].find((one) =>
    isSystemError(cause, one),
  )
  if (code === undefined) return undefined
  return new BentoError('STORE_FAILED', `The image cannot be written: ${messageOf(cause)}`, {
    hint: 'Make room, or set BENTO_HOME and --opt output=PATH to places that you may write to.',
    cause,
  })
}

function namesOf({ names, bento, isPushed }: ContainerizeInput): ImageReference[] {
  if (names.length === 0 && isPushed) {
    throw new BentoError('USAGE', 'There is no name to push the image under', {
      hint: `Name it with -t, as -t ghcr.io/acme/${bento.name}:${bento.version}.`,
    })
  }
  const wanted = names.length === 0 ? [bento.tag] : names
  return wanted.map((name) => parseImageName(name))
}

/** Those that were asked for, else the one that the bento was built for, else this machine's. */
function platformsOf({ platforms, arch, bento }: ContainerizeInput): Platform[] {
  const own = bento.manifest.image.platform
  const texts = [...new Set(platforms.flatMap((text) => text.split(',')))]
  const other = texts.find((text) => own !== '' && renderPlatform(parsePlatform(text)) !== own)
  if (other !== undefined) {
    throw new BentoError('USAGE', `"${bento.tag}" was built for ${own}, not for "${other}"`, {
      hint: `Build it again with --platform ${other}, or without one.`,
    })
  }
  if (texts.length > 0) return texts.map((text) => parsePlatform(text))
  return [own === '' ? hostPlatform(arch) : parsePlatform(own)]
}

/** The time that everything in the image has, so that it depends on nothing else; see reproducible-builds.org. */
function timeOf(epoch: string | undefined): Date {
  if (epoch === undefined || epoch === '') return new Date(0)
  const seconds = Number(epoch)
  if (/^\d{1,11}$/.test(epoch)) return new Date(seconds * 1000)
  throw new BentoError('USAGE', `SOURCE_DATE_EPOCH is "${epoch}", not a number of seconds`, {
    hint: 'Set it as in SOURCE_DATE_EPOCH=$(git log -1 --format=%ct), or not at all.',
  })
}
