import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError, isSystemError } from '../../errors.ts'
import { writeAtomically } from '../../lib/files.ts'
import { digestOf, mismatch, verified, type Descriptor } from '../../registry/digest.ts'
import { download } from '../../registry/download.ts'
import type { BlobSource, PushOutcome } from '../../registry/push-blob.ts'
import type { ManifestBytes, Remote, RemoteOptions } from '../remote.ts'

/** A folder, as an OCI layout: `skopeo` and others read it by `oci:FOLDER:VERSION`. */
export function openFolder(place: string, { cwd }: RemoteOptions): Remote {
  const folder = resolve(cwd, place)
  return {
    name: `file://${folder}`,
    findManifest: (version) => findManifest(folder, version),
    putManifest: (version, manifest) => putManifest(folder, version, manifest),
    pushBlob: (source) => putBlob(folder, source),
    fetchBlob: (blob, file) => fetchBlob(folder, blob, file),
    close: () => Promise.resolve(),
  }
}

function blobFile(folder: string, digest: string): string {
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

async function findManifest(folder: string, version: string): Promise<Buffer | undefined> {
  const entry = (await readIndex(folder)).find((one) => nameOf(one) === version)
  if (entry === undefined) return undefined
  const bytes = await readFile(blobFile(folder, entry.digest))
  if (digestOf(bytes) !== entry.digest) throw mismatch(entry.digest, `"${digestOf(bytes)}"`)
  return bytes
}

async function fetchBlob(folder: string, blob: Descriptor, file: string): Promise<void> {
  const source = blobFile(folder, blob.digest)
  await stat(source).catch((cause: unknown) => {
    throw new BentoError('FILE_NOT_FOUND', `"${folder}" lacks the blob "${blob.digest}"`, {
      hint: 'Push it again.',
      cause,
    })
  })
  await download(blob, file, async (at) => createReadStream(source, { start: at }))
}

async function putBlob(folder: string, source: BlobSource): Promise<PushOutcome> {
  const target = blobFile(folder, source.digest)
  const found = await stat(target).catch(() => undefined)
  if (found?.size === source.size) return 'exists'
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true })
  const temporary = join(folder, 'blobs', `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const bytes = Readable.from(verified(source.open(0, source.size), source))
    await pipeline(bytes, createWriteStream(temporary, { flags: 'wx', flush: true }))
    await rename(temporary, target)
    return 'pushed'
  } finally {
    await rm(temporary, { force: true })
  }
}

async function putManifest(
  folder: string,
  version: string,
  { mediaType, bytes }: ManifestBytes,
): Promise<void> {
  const digest = digestOf(bytes)
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true })
  await writeAtomically(blobFile(folder, digest), bytes.toString())
  await writeAtomically(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const entry = { mediaType, digest, size: bytes.length, annotations: { [refName]: version } }
  await withLock(folder, async () => {
    const others = (await readIndex(folder)).filter((one) => nameOf(one) !== version)
    const index = { schemaVersion: 2, manifests: [...others, entry] }
    await writeAtomically(join(folder, 'index.json'), JSON.stringify(index))
  })
}

const refName = 'org.opencontainers.image.ref.name'

function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[refName]
}

async function readIndex(folder: string): Promise<readonly Descriptor[]> {
  const file = join(folder, 'index.json')
  try {
    const index: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (hasManifests(index)) return index.manifests
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return []
    throw new BentoError('ARCHIVE_INVALID', `"${file}" cannot be read`, {
      hint: 'Push to another folder.',
      cause,
    })
  }
  throw new BentoError('ARCHIVE_INVALID', `"${file}" is no index of an OCI layout`, {
    hint: 'Push to another folder.',
  })
}

function hasManifests(value: unknown): value is { manifests: Descriptor[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'manifests' in value &&
    Array.isArray(value.manifests)
  )
}

/** Two that push at once must not forget each other's version. */
async function withLock(folder: string, work: () => Promise<void>): Promise<void> {
  const lock = join(folder, '.lock')
  for (let tries = 0; ; tries++) {
    const handle = await open(lock, 'wx').catch((error: unknown) => {
      if (!isSystemError(error, 'EEXIST')) throw error
    })
    if (handle !== undefined) {
      await handle.close()
      break
    }
    await clearOld(lock, tries)
    await sleep(50)
  }
  try {
    await work()
  } finally {
    await rm(lock, { force: true })
  }
}

/** Whoever took it was killed: nobody needs it for seconds. */
async function clearOld(lock: string, tries: number): Promise<void> {
  if (tries < 200) return
  const found = await stat(lock).catch(() => undefined)
  if (found !== undefined && Date.now() - found.mtimeMs > 10_000) await rm(lock, { force: true })
}
