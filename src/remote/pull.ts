import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BentoError, isSystemError } from '../errors.ts'
import { linkOrCopy, listFiles } from '../lib/files.ts'
import { sweep } from '../lib/sweep.ts'
import type { Descriptor } from '../registry/digest.ts'
import { ArchiveNames } from '../store/archive-names.ts'
import { unpackArchive } from '../store/unpack.ts'
import { parseArtifact, type Artifact, type Kind } from './artifact.ts'
import { openRemote, parseLocation, type Location } from './location.ts'
import { counter, inParallel } from './progress.ts'
import type { Remote, RemoteOptions } from './remote.ts'

export interface PullInput<T> extends RemoteOptions {
  readonly kind: Kind
  /** As typed; without a version: `latest`. */
  readonly url: string
  /** Where what was fetched is kept until all of it is there. */
  readonly cache: string
  /** Takes what `fill` puts into a folder, checks it and stores it; `name` is for its errors. */
  readonly store: (name: string, fill: (folder: string) => Promise<void>) => Promise<T>
  readonly report: (line: string) => void
}

/** Fetches a bento or a model whole, or not at all. What a call that was cut off has fetched is not fetched again. */
export async function pull<T>(input: PullInput<T>): Promise<T> {
  const location = parseLocation(input.url)
  const remote = await openRemote(location, input)
  try {
    const artifact = await requireArtifact(remote, location, input.kind)
    await mkdir(input.cache, { recursive: true })
    await sweep(input.cache, Date.now())
    // Others may pull the same, and throw away what is shared when they have it.
    const own = await mkdtemp(join(input.cache, '.pull-'))
    try {
      return await pullInto(own, { ...input, artifact, remote })
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  } finally {
    await remote.close()
  }
}

interface Pulling<T> extends PullInput<T> {
  readonly artifact: Artifact
  readonly remote: Remote
}

async function pullInto<T>(own: string, pulling: Pulling<T>): Promise<T> {
  const { artifact, remote, cache, url, report, store } = pulling
  const blobs = unique([artifact.files, ...artifact.large])
  const count = counter('fetched', blobs, report)
  await inParallel(blobs, async (blob) => {
    await bring(remote, blob, { shared: join(cache, hexOf(blob)), own: join(own, hexOf(blob)) })
    count(blob)
  })
  const stored = await store(url, (folder) =>
    unpack(artifact, folder, (blob) => join(own, hexOf(blob))),
  )
  for (const blob of blobs) await rm(join(cache, hexOf(blob)), { force: true })
  return stored
}

function hexOf({ digest }: Descriptor): string {
  return digest.slice('sha256:'.length)
}

/** Fetches a blob to where others find it too, and gives it a name that is this call's own. */
async function bring(
  remote: Remote,
  blob: Descriptor,
  { shared, own }: { readonly shared: string; readonly own: string },
): Promise<void> {
  for (;;) {
    await remote.fetchBlob(blob, shared)
    try {
      return await linkOrCopy(shared, own)
    } catch (error) {
      // Whoever had it already has just thrown it away.
      if (!isSystemError(error, 'ENOENT')) throw error
    }
  }
}

async function requireArtifact(
  remote: Remote,
  { version = 'latest' }: Location,
  kind: Kind,
): Promise<Artifact> {
  const name = `${remote.name}:${version}`
  const bytes = await remote.findManifest(version)
  if (bytes !== undefined) return parseArtifact(bytes, kind, name)
  const code = kind === 'bento' ? 'BENTO_NOT_FOUND' : 'MODEL_NOT_FOUND'
  throw new BentoError(code, `There is no ${kind} at "${name}"`, {
    hint: 'Check the address and the version; a private one may also look as if it were not there.',
  })
}

/** The same content may stand at two places. */
function unique(blobs: readonly Descriptor[]): Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()]
}

/** The archive first, as strictly as any; then the large files, at names that it has not taken. */
async function unpack(
  { files, large }: Artifact,
  folder: string,
  fileOf: (blob: Descriptor) => string,
): Promise<void> {
  await unpackArchive(fileOf(files), folder)
  const names = new ArchiveNames()
  for (const path of await listFiles(folder)) names.addFile(path)
  for (const blob of large) {
    const target = join(folder, names.addFile(blob.path))
    await mkdir(dirname(target), { recursive: true })
    await copyFile(fileOf(blob), target)
  }
}
