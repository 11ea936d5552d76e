import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { BentoError } from '../errors.ts'
import { listFiles } from '../lib/files.ts'
import { ArchiveNames } from './archive-names.ts'

/**
 * Packs plain files of `folder` into a gzip tar whose bytes depend on nothing but their names, contents and whether
 * they may be executed. Without `files`, all but `node_modules`.
 */
export async function packArchive(
  folder: string,
  target: string,
  files?: readonly string[],
): Promise<void> {
  const names = new ArchiveNames()
  const paths = files ?? (await listFiles(folder, ['node_modules']))
  for (const path of paths) names.addFile(path)
  const temporary = join(dirname(target), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await pipeline(
      Readable.from(tarOf(folder, paths), { objectMode: false }),
      createGzip(),
      withoutPlatform(),
      createWriteStream(temporary, { flags: 'wx', flush: true }),
    )
    await rename(temporary, target)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Packs the same files as a plain tar. */
export async function packTar(folder: string, target: string): Promise<void> {
  const paths = await listFiles(folder, ['node_modules'])
  const bytes = Readable.from(tarOf(folder, paths), { objectMode: false })
  await pipeline(bytes, createWriteStream(target, { flags: 'wx' }))
}

async function* tarOf(folder: string, paths: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const path of paths) yield* entryOf(join(folder, path), path)
  // Two empty blocks end an archive.
  yield Buffer.alloc(1024)
}

async function* entryOf(file: string, path: string): AsyncGenerator<Uint8Array> {
  const { Header, Pax } = await import('tar')
  const { mode, size } = await stat(file)
  const fields = { path, size, mode: mode & 0o100 ? 0o755 : 0o644, mtime: new Date(0) }
  const header = new Header({ ...fields, type: 'File' })
  if (header.encode()) yield new Pax({ path, size }).encode()
  if (header.block) yield header.block
  yield* exactly(file, size)
  yield Buffer.alloc((512 - (size % 512)) % 512)
}

/** A file that grows or shrinks meanwhile would shift everything behind it. */
async function* exactly(file: string, size: number): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const chunk of createReadStream(file)) {
    const bytes: unknown = chunk
    if (!(bytes instanceof Uint8Array)) continue
    sent += bytes.length
    if (sent > size) break
    yield bytes
  }
  if (sent !== size) throw new BentoError('STORE_FAILED', `"${file}" changed while it was packed`)
}

/** Byte 9 of a gzip header names the system that wrote it; 255 says nothing (RFC 1952). */
function withoutPlatform(): Transform {
  let position = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      if (position <= 9 && position + chunk.length > 9) chunk[9 - position] = 255
      position += chunk.length
      done(null, chunk)
    },
  })
}
