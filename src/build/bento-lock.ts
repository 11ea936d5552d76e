import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { baseNames } from '../dockerfile/image.ts'
import { BentoError, isSystemError } from '../errors.ts'
import { writeAtomically } from '../lib/files.ts'
import { list, literal, object, optional, text } from '../lib/shape.ts'
import type { BentoImage, BentoManifest } from '../store/manifest.ts'
import { parseManifest, renderYaml, type ManifestFormat } from '../store/yaml.ts'

const bentoLockName = 'bento.lock'

/** `bento.lock`: what tags of models and names of images stood for when somebody last looked. */
export interface BentoLock {
  readonly format: 1
  readonly models: readonly LockedModel[]
  readonly images: readonly LockedImage[]
}

interface LockedModel {
  readonly requested: string
  readonly tag: string
  /** sha256 over the model's files, as in bento.yaml. */
  readonly digest: string
}

interface LockedImage {
  readonly name: string
  /** As `sha256:…`; absent where no registry could be asked. */
  readonly digest?: string | undefined
}

const lockFormat: ManifestFormat<BentoLock> = {
  format: 1,
  code: 'LOCK_INVALID',
  shape: object({
    format: literal(1),
    models: list(object({ requested: text, tag: text, digest: text })),
    images: list(object({ name: text, digest: optional(text) })),
  }),
  hint: 'Write it again with `bento build --lock`.',
}

/** The lock of a project folder, or undefined. Throws LOCK_INVALID. */
export async function findBentoLock(context: string): Promise<BentoLock | undefined> {
  const file = join(context, bentoLockName)
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error
  })
  return content === undefined ? undefined : parseManifest(content, file, lockFormat)
}

/** As `findBentoLock`, for who cannot go on without. */
export async function requireBentoLock(context: string): Promise<BentoLock> {
  const lock = await findBentoLock(context)
  if (lock !== undefined) return lock
  throw drifted(`"${context}" has no ${bentoLockName}`)
}

/** Writes down what a bento was built with. */
export async function writeBentoLock(context: string, manifest: BentoManifest): Promise<void> {
  await writeAtomically(join(context, bentoLockName), await renderYaml(lockOf(manifest)))
}

function lockOf({ models, image }: BentoManifest): BentoLock {
  return {
    format: 1,
    models: models.map(({ requested, tag, digest }) => ({ requested, tag, digest })),
    images: baseNames(image).map((name) => ({ name, digest: image.digests?.[name] })),
  }
}

export function requireLocked({ models }: BentoLock, requested: string): LockedModel {
  const found = models.find((one) => one.requested === requested)
  if (found !== undefined) return found
  throw drifted(`the service asks for "${requested}", of which it knows nothing`)
}

/** Holds what would be built against the lock, in both directions. Throws LOCK_DRIFTED with all differences. */
export function checkLock(
  lock: BentoLock,
  { models, image }: Pick<BentoManifest, 'models' | 'image'>,
): void {
  const changed = models
    .filter(({ requested, digest }) => requireLocked(lock, requested).digest !== digest)
    .map(({ tag }) => `"${tag}" has other files than were locked`)
  const unused = lock.models
    .filter(({ requested }) => models.every((one) => one.requested !== requested))
    .map(({ requested }) => `nobody asks for "${requested}" any more`)
  const names = baseNames(image)
  const images = lock.images.map(({ name }) => name)
  const moved =
    names.join(' ') === images.join(' ')
      ? []
      : [`the image is built on ${names.join(' and ')}, not on ${images.join(' and ')}`]
  const problems = [...changed, ...unused, ...moved]
  if (problems.length > 0) throw drifted(problems.join('; '))
}

/** The digests that a lock has for the images below a bento. */
export function lockedDigests(
  lock: BentoLock | undefined,
  image: BentoImage,
): Record<string, string> {
  const names = baseNames(image)
  const known = (lock?.images ?? []).flatMap(({ name, digest }): [string, string][] =>
    digest !== undefined && names.includes(name) ? [[name, digest]] : [],
  )
  return Object.fromEntries(known)
}

function drifted(problem: string): BentoError {
  return new BentoError('LOCK_DRIFTED', `${bentoLockName} is not what would be built: ${problem}`, {
    hint: 'Look at what changed, and write the lock again with `bento build --lock`.',
  })
}
