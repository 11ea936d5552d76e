import { baseNames } from '../dockerfile/image.ts'
import { isBentoError } from '../errors.ts'
import type { BentoImage, BentoManifest } from '../store/manifest.ts'
import {
  checkLock,
  findBentoLock,
  lockedDigests,
  requireBentoLock,
  type BentoLock,
} from './bento-lock.ts'

/** `frozen`: what the lock says is built, or nothing. `write`: the lock is written anew. */
export type LockMode = 'frozen' | 'write'

export interface LockInput {
  readonly mode: LockMode | undefined
  /** What an image's name stands for in its registry; absent where nobody can ask. */
  readonly findImageDigest?: (name: string) => Promise<string>
  readonly report: (line: string) => void
}

export function readLock(
  context: string,
  mode: LockMode | undefined,
): Promise<BentoLock | undefined> {
  return mode === 'frozen' ? requireBentoLock(context) : findBentoLock(context)
}

type Unversioned = Omit<BentoManifest, 'version'>

/** Pins the images below a bento, and says where the lock is not what is built. */
export async function applyLock(
  manifest: Unversioned,
  lock: BentoLock | undefined,
  input: LockInput,
): Promise<Unversioned> {
  if (lock !== undefined && input.mode !== 'write') compare(lock, manifest, input)
  const { image } = manifest
  const digests = await digestsOf(image, lock, input)
  if (Object.keys(digests).length === 0) return manifest
  return { ...manifest, image: { ...image, digests } }
}

/** Whoever did not ask for a frozen build gets what is there now, and hears that it is not what was locked. */
function compare(lock: BentoLock, manifest: Unversioned, { mode, report }: LockInput): void {
  try {
    checkLock(lock, manifest)
  } catch (error) {
    if (mode === 'frozen' || !isBentoError(error)) throw error
    report(`warning: ${error.message}`)
  }
}

async function digestsOf(
  image: BentoImage,
  lock: BentoLock | undefined,
  { mode, findImageDigest, report }: LockInput,
): Promise<Record<string, string>> {
  if (mode !== 'write') return lockedDigests(lock, image)
  const found: [string, string][] = []
  for (const name of baseNames(image)) {
    if (findImageDigest === undefined || name.includes('@')) continue
    report(`asking for the digest of ${name}`)
    try {
      found.push([name, await findImageDigest(name)])
    } catch (error) {
      if (!isBentoError(error)) throw error
      report(`warning: the lock has no digest of ${name}: ${error.message}`)
    }
  }
  return Object.fromEntries(found)
}
