import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { isBentoError } from '../../src/errors.ts'
import { blobOf } from '../../src/registry/push-blob.ts'
import { filesDescriptor, largeFile, renderArtifact } from '../../src/remote/artifact.ts'
import { openFolder } from '../../src/remote/remotes/file.ts'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { readFiles } from '../../src/store/digest.ts'
import { tarOf, type RawEntry } from '../store/tar-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { pullBento, pushBento, storedBento } from './remotes.ts'

test('what is pulled is what was pushed, under its version and as latest', async () => {
  const folder = join(await temporaryFolder(), 'app')
  const bento = await storedBento('v1')
  const lines: string[] = []
  const { urls } = await pushBento(bento, `file://${folder}`, { lines })
  expect(urls).toEqual([`file://${folder}:v1`, `file://${folder}:latest`])
  expect(lines.at(-1)).toBe('pushed 3 of 3 files, 3.1 MB of 3.1 MB')
  for (const url of [`file://${folder}`, `file://${folder}:v1`]) {
    const home = await temporaryFolder()
    const pulled = await pullBento(url, home)
    expect(pulled.tag).toBe('app:v1')
    expect(await readFiles(pulled.path)).toEqual(await readFiles(bento.path))
    expect(await readdir(join(home, 'cache'))).toEqual([])
  }
})

test('sends again only what changed', async () => {
  const url = `file://${await temporaryFolder()}/app`
  const first = await pushBento(await storedBento('v1'), url)
  const second = await pushBento(await storedBento('v2'), url)
  expect(first.sent).toBeGreaterThan(3 << 20)
  expect(second.sent).toBeLessThan(4096)
  expect((await pushBento(await storedBento('v2'), url)).sent).toBe(0)
  expect((await pullBento(`${url}:v1`, await temporaryFolder())).version).toBe('v1')
  expect((await pullBento(url, await temporaryFolder())).version).toBe('v2')
})

test('versions that are pushed at once do not forget each other', async () => {
  const url = `file://${await temporaryFolder()}/app`
  const bentos = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((version) => storedBento(version)))
  await Promise.all(bentos.map((bento) => pushBento(bento, `${url}:${bento.version}`)))
  for (const { version } of bentos) {
    expect((await pullBento(`${url}:${version}`, await temporaryFolder())).version).toBe(version)
  }
})

test('goes on where a pull was cut off', async () => {
  const folder = join(await temporaryFolder(), 'app')
  const { urls } = await pushBento(await storedBento('v1'), `file://${folder}`)
  const blobs = join(folder, 'blobs/sha256')
  const sizes = await Promise.all(
    (await readdir(blobs)).map(async (name) => ({
      name,
      size: (await stat(join(blobs, name))).size,
    })),
  )
  const [large] = sizes.toSorted((a, b) => b.size - a.size)
  const name = large?.name ?? ''
  const whole = await readFile(join(blobs, name))
  const home = await temporaryFolder()
  await rm(join(blobs, name))
  await expect(pullBento(urls[0] ?? '', home)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
  expect(await openBentoStore(home).list()).toEqual([])
  // Only the second half is there now: what came before must be what is used.
  await writeFile(join(home, 'cache', `${name}.part`), whole.subarray(0, 1 << 20))
  await writeFile(
    join(blobs, name),
    Buffer.concat([Buffer.alloc(1 << 20), whole.subarray(1 << 20)]),
  )
  expect((await pullBento(urls[0] ?? '', home)).tag).toBe('app:v1')
})

test('two that pull the same at once do not write into one file', async () => {
  const folder = join(await temporaryFolder(), 'app')
  const { urls } = await pushBento(await storedBento('v1'), `file://${folder}`)
  const home = await temporaryFolder()
  const pulls = Array.from({ length: 4 }, () => pullBento(urls[0] ?? '', home))
  const tags = (await Promise.all(pulls)).map(({ tag }) => tag)
  expect(tags).toEqual(['app:v1', 'app:v1', 'app:v1', 'app:v1'])
  expect(await readdir(join(home, 'cache'))).toEqual([])
})

test('refuses content that is not what its digest says, and stores nothing', async () => {
  const folder = join(await temporaryFolder(), 'app')
  const { urls } = await pushBento(await storedBento('v1'), `file://${folder}`)
  const blobs = join(folder, 'blobs/sha256')
  for (const name of await readdir(blobs)) {
    const file = join(blobs, name)
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from([0xff])]))
  }
  const home = await temporaryFolder()
  await expect(pullBento(urls[0] ?? '', home)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect(await openBentoStore(home).list()).toEqual([])
})

test('says that there is nothing, and that something is no bento', async () => {
  const home = await temporaryFolder()
  const folder = join(await temporaryFolder(), 'app')
  await expect(pullBento(`file://${folder}`, home)).rejects.toMatchObject({
    code: 'BENTO_NOT_FOUND',
    message: `There is no bento at "file://${folder}:latest"`,
  })
  await pushBento(await storedBento('v1'), `file://${folder}`)
  await expect(pullBento(`file://${folder}`, home, { kind: 'model' })).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
    message: `"file://${folder}:latest" holds no model of bento`,
  })
  await writeFile(join(folder, 'index.json'), '[]')
  await expect(pullBento(`file://${folder}`, home)).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
  })
})

const file = { content: 'x' }

/** What somebody evil would push. Each must fail as a whole. */
const archives: Readonly<Record<string, RawEntry[]>> = {
  'a path upwards': [{ path: '../evil', ...file }],
  'an absolute path': [{ path: '/tmp/bento-test-absolute', ...file }],
  'a drive': [{ path: 'C:/x', ...file }],
  'a symbolic link out': [{ path: 'link', type: 'SymbolicLink', linkpath: '../secret' }],
  'a write through a link': [
    { path: 'link', type: 'SymbolicLink', linkpath: '..' },
    { path: 'link/evil', ...file },
  ],
  'a chain of links': [
    { path: 'a/b', type: 'SymbolicLink', linkpath: '.' },
    { path: 'c', type: 'SymbolicLink', linkpath: 'a/b/../..' },
    { path: 'c/evil', ...file },
  ],
  'a hard link out': [{ path: 'b', type: 'Link', linkpath: '../secret' }],
  'a named pipe': [{ path: 'pipe', type: 'FIFO' }],
  'a device': [{ path: 'null', type: 'CharacterDevice' }],
  'one file twice': [
    { path: 'a', ...file },
    { path: './a', ...file },
  ],
  'names that differ in case': [
    { path: 'README', ...file },
    { path: 'readme', ...file },
  ],
  'a newline': [{ path: 'a\nb', ...file }],
}

async function pushEvil(
  folder: string,
  entries: readonly RawEntry[],
  path: string | undefined,
): Promise<void> {
  const remote = openFolder(folder, { env: {}, isInsecure: false, cwd: folder })
  const files = blobOf(gzipSync(tarOf(entries)))
  const large = blobOf(Buffer.from('large'))
  for (const blob of [files, large]) await remote.pushBlob(blob)
  const artifact = {
    kind: 'bento' as const,
    tag: 'app:v1',
    files: filesDescriptor(files.digest, files.size),
    large: path === undefined ? [] : [largeFile(path, large.digest, large.size)],
  }
  await remote.putManifest('latest', renderArtifact(artifact))
}

/** The code that a pull fails with; nothing around has changed, and the store is as it was. */
async function failureOf(folder: string, around: string): Promise<unknown> {
  const home = join(around, 'home')
  const error: unknown = await pullBento(`file://${folder}`, home).catch(
    (caught: unknown) => caught,
  )
  expect((await readdir(around)).toSorted()).toEqual(['home', 'remote', 'secret'])
  expect(await readFile(join(around, 'secret'), 'utf8')).toBe('secret')
  expect(await openBentoStore(home).list()).toEqual([])
  expect(await readdir(join(home, 'bentos/.staging'))).toEqual([])
  return isBentoError(error) ? error.code : error
}

async function surroundings(): Promise<{ around: string; folder: string }> {
  const around = await temporaryFolder()
  await writeFile(join(around, 'secret'), 'secret')
  return { around, folder: join(around, 'remote') }
}

test.each(Object.entries(archives))('refuses an archive with %s', async (_, entries) => {
  const { around, folder } = await surroundings()
  await pushEvil(folder, entries, undefined)
  expect(await failureOf(folder, around)).toBe('ARCHIVE_INVALID')
})

test.each(['../evil', '/tmp/bento-test-absolute', 'C:\\x', 'a/../../evil', '', 'here', 'HERE'])(
  'refuses a large file at "%s"',
  async (path) => {
    const { around, folder } = await surroundings()
    await pushEvil(folder, [{ path: 'here', ...file }], path)
    expect(await failureOf(folder, around)).toBe('ARCHIVE_INVALID')
  },
)
