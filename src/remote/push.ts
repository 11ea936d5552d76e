import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestFile, listFiles } from '../lib/files.ts'
import { digestOf, type Digest } from '../registry/digest.ts'
import { blobOf, type BlobSource } from '../registry/push-blob.ts'
import { packArchive } from '../store/pack.ts'
import type { StoreEntry } from '../store/store.ts'
import {
  emptyConfig,
  filesDescriptor,
  largeFile,
  renderArtifact,
  type Artifact,
  type Kind,
} from './artifact.ts'
import { openRemote, parseLocation } from './location.ts'
import { counter, inParallel } from './progress.ts'
import type { Remote, RemoteOptions } from './remote.ts'

export interface PushInput extends RemoteOptions {
  readonly kind: Kind
  readonly entry: StoreEntry<unknown>
  /** As typed. Without a version: the entry's own, and `latest`. */
  readonly url: string
  readonly report: (line: string) => void
}

export interface Pushed {
  /** The addresses that stand for it now. */
  readonly urls: readonly string[]
  readonly digest: Digest
  /** Bytes that had to be sent. */
  readonly sent: number
}

/** Files of more than this many bytes are blobs of their own. */
const largeBytes = 1 << 20

/** Sends what the remote lacks of a bento or a model; its manifest comes last, so that nobody ever pulls a half. */
export async function push(input: PushInput): Promise<Pushed> {
  const { entry, url, kind } = input
  const location = parseLocation(url)
  const remote = await openRemote(location, input)
  const folder = await mkdtemp(join(tmpdir(), 'bento-push-'))
  try {
    const { artifact, sources } = await pack(entry, kind, join(folder, 'files.tar.gz'))
    const sent = await sendAll(remote, sources, input.report)
    const manifest = renderArtifact(artifact)
    const versions = location.version === undefined ? [entry.version, 'latest'] : [location.version]
    for (const version of versions) await remote.putManifest(version, manifest)
    return {
      urls: versions.map((version) => `${remote.name}:${version}`),
      digest: digestOf(manifest.bytes),
      sent,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await remote.close()
  }
}

async function pack(
  { path, tag }: StoreEntry<unknown>,
  kind: Kind,
  archive: string,
): Promise<{ artifact: Artifact; sources: BlobSource[] }> {
  const small: string[] = []
  const large: { path: string; source: BlobSource }[] = []
  for (const name of await listFiles(path, ['node_modules'])) {
    const { size } = await stat(join(path, name))
    if (size > largeBytes) large.push({ path: name, source: await sourceOf(join(path, name)) })
    else small.push(name)
  }
  await packArchive(path, archive, small)
  const files = await sourceOf(archive)
  const artifact = {
    kind,
    tag,
    files: filesDescriptor(files.digest, files.size),
    large: large.map((one) => largeFile(one.path, one.source.digest, one.source.size)),
  }
  return { artifact, sources: [...large.map((one) => one.source), files, blobOf(emptyConfig)] }
}

async function sourceOf(file: string): Promise<BlobSource> {
  const { sha256, size } = await digestFile(file)
  return {
    digest: `sha256:${sha256}`,
    size,
    open: (start, end) => createReadStream(file, { start, end: end - 1, highWaterMark: 1 << 20 }),
  }
}

/** Returns how many bytes had to be sent. */
async function sendAll(
  remote: Remote,
  sources: readonly BlobSource[],
  report: (line: string) => void,
): Promise<number> {
  let sent = 0
  const count = counter('pushed', sources, report)
  await inParallel(sources, async (source) => {
    if ((await remote.pushBlob(source)) === 'pushed') sent += source.size
    count(source)
  })
  return sent
}
