import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { defaultLimits } from '../../src/store/tar-reader.ts'
import { unpackArchive } from '../../src/store/unpack.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { archiveFile, archiveOf, tarOf } from './tar-writer.ts'
import type { RawEntry } from './tar-writer.ts'

/** A folder to unpack into, with neighbours that must stay as they are. */
async function sandbox(): Promise<{ folder: string; around: () => Promise<unknown> }> {
  const parent = await temporaryFolder()
  const folder = join(parent, 'models')
  await mkdir(folder)
  await mkdir(join(parent, 'models-evil'))
  await writeFile(join(parent, 'secret'), 'secret')
  const around = async (): Promise<unknown> => [
    (await readdir(parent)).toSorted(),
    await readdir(join(parent, 'models-evil')),
    await readFile(join(parent, 'secret'), 'utf8'),
  ]
  return { folder, around }
}

test('unpacks files and folders, long names and execution rights', async () => {
  const { folder } = await sandbox()
  const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`
  const entries: RawEntry[] = [
    { path: './a.txt', content: 'a' },
    { path: 'dir/', type: 'Directory' },
    { path: 'dir/run.sh', content: 'x'.repeat(1000), mode: 0o4777 },
    { path: 'empty', content: '' },
    { path: long, content: 'long' },
    { path: 'ünï cödé: 名前', content: 'name' },
  ]
  const file = await archiveOf(entries)
  await unpackArchive(file, folder)
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('a')
  expect(await readFile(join(folder, 'dir/run.sh'), 'utf8')).toHaveLength(1000)
  expect(await readFile(join(folder, long), 'utf8')).toBe('long')
  expect(await readFile(join(folder, 'ünï cödé: 名前'), 'utf8')).toBe('name')
  expect((await stat(join(folder, 'empty'))).size).toBe(0)
  const modes = await Promise.all(
    ['a.txt', 'dir/run.sh'].map(async (path) => (await stat(join(folder, path))).mode & 0o7111),
  )
  expect(modes).toEqual([0, 0o111])
})

const file = { content: 'x' }

test.each<[string, RawEntry[]]>([
  ['a path upwards', [{ path: '../models-evil/x', ...file }]],
  ['a path upwards inside', [{ path: 'a/../../secret', ...file }]],
  ['a path upwards that stays inside', [{ path: 'a/../b', ...file }]],
  ['an absolute path', [{ path: '/tmp/bento-test-absolute', ...file }]],
  ['a doubled slash', [{ path: 'a//b', ...file }]],
  ['a drive', [{ path: 'C:/x', ...file }]],
  ['a drive without a slash', [{ path: 'c:x', ...file }]],
  ['a network path', [{ path: '//server/share/x', ...file }]],
  ['backslashes', [{ path: '..\\secret', ...file }]],
  ['a newline', [{ path: 'a\nb', ...file }]],
  ['a name of 300 bytes', [{ path: 'n'.repeat(300), ...file }]],
  ['a path of 5000 bytes', [{ path: `${'n/'.repeat(2500)}n`, ...file }]],
  [
    'a file without a name',
    [
      { path: './', ...file, type: 'File' },
      { path: 'a', ...file },
      { path: 'a', ...file },
    ],
  ],
  ['a symbolic link', [{ path: 'link', type: 'SymbolicLink', linkpath: 'a' }]],
  ['a symbolic link out', [{ path: 'link', type: 'SymbolicLink', linkpath: '../secret' }]],
  [
    'a write through a link',
    [
      { path: 'link', type: 'SymbolicLink', linkpath: '..' },
      { path: 'link/secret', ...file },
    ],
  ],
  [
    'a chain of links',
    [
      { path: 'a', type: 'Directory' },
      { path: 'a/b', type: 'SymbolicLink', linkpath: '.' },
      { path: 'c', type: 'SymbolicLink', linkpath: 'a/b/../..' },
      { path: 'c/secret', ...file },
    ],
  ],
  [
    'a hard link',
    [
      { path: 'a', ...file },
      { path: 'b', type: 'Link', linkpath: 'a' },
    ],
  ],
  ['a hard link out', [{ path: 'b', type: 'Link', linkpath: '../secret' }]],
  ['a character device', [{ path: 'null', type: 'CharacterDevice' }]],
  ['a block device', [{ path: 'disk', type: 'BlockDevice' }]],
  ['a named pipe', [{ path: 'pipe', type: 'FIFO' }]],
  ['a contiguous file', [{ path: 'a', type: 'ContiguousFile', ...file }]],
  ['a global header', [{ path: 'g', type: 'GlobalExtendedHeader', content: '11 path=evil\n' }]],
  [
    'one file twice',
    [
      { path: 'a', ...file },
      { path: './a', content: 'y' },
    ],
  ],
  [
    'names that differ in case',
    [
      { path: 'README', ...file },
      { path: 'readme', ...file },
    ],
  ],
  [
    'folders that differ in case',
    [
      { path: 'A/x', ...file },
      { path: 'a/y', ...file },
    ],
  ],
  [
    'names that differ in form',
    [
      { path: 'caf\u00e9', ...file },
      { path: 'cafe\u0301', ...file },
    ],
  ],
  [
    'a file that is a folder',
    [
      { path: 'a', ...file },
      { path: 'a/b', ...file },
    ],
  ],
  [
    'a folder that is a file',
    [
      { path: 'a/b', ...file },
      { path: 'a', ...file },
    ],
  ],
  ['nothing', []],
])('refuses %s and changes nothing outside', async (_name, entries) => {
  const { folder, around } = await sandbox()
  const before = await around()
  const archive = await archiveOf(entries)
  await expect(unpackArchive(archive, folder)).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
    hint: expect.any(String),
  })
  expect(await around()).toEqual(before)
})

test.each<[string, Buffer]>([
  ['text', Buffer.from('not an archive')],
  ['an empty file', Buffer.alloc(0)],
  ['a tar that is not packed', tarOf([{ path: 'a', ...file }])],
  ['gzip that is no tar', gzipSync('x'.repeat(2000))],
  [
    'an archive that was cut off',
    gzipSync(tarOf([{ path: 'a', content: 'x'.repeat(5000) }])).subarray(0, 60),
  ],
  [
    'a tar that was cut off',
    gzipSync(tarOf([{ path: 'a', content: 'x'.repeat(5000) }]).subarray(0, 3000)),
  ],
  ['a damaged header', gzipSync(tarOf([{ path: 'a', ...file }]).fill('z', 0, 3))],
  ['a damaged checksum', damagedEnd(gzipSync(tarOf([{ path: 'a', ...file }])))],
])('refuses %s', async (_name, bytes) => {
  const { folder } = await sandbox()
  const archive = await archiveFile(bytes)
  await expect(unpackArchive(archive, folder)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
})

function damagedEnd(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length - 6] = (copy[copy.length - 6] ?? 0) ^ 0xff
  return copy
}

test('refuses more entries, more bytes and a higher ratio than it may take', async () => {
  const { folder } = await sandbox()
  const three = await archiveOf(['a', 'b', 'c'].map((path) => ({ path, content: 'x' })))
  const limits = { ...defaultLimits, entries: 2 }
  await expect(unpackArchive(three, folder, limits)).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
    message: expect.stringContaining('too many files'),
  })
  const big = await archiveOf([{ path: 'big', content: Buffer.alloc(1 << 20, 1) }])
  const few = { ...defaultLimits, bytes: 1 << 16 }
  await expect(unpackArchive(big, (await sandbox()).folder, few)).rejects.toMatchObject({
    message: expect.stringContaining('too much'),
  })
})

test('stops at a bomb, wherever it hides', async () => {
  const zeros = Buffer.alloc(68 << 20)
  const inside = await archiveOf([{ path: 'big', content: zeros }])
  const behind = await archiveFile(
    gzipSync(Buffer.concat([tarOf([{ path: 'a', ...file }]), zeros])),
  )
  for (const bomb of [inside, behind]) {
    const { folder } = await sandbox()
    await expect(unpackArchive(bomb, folder)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('too much'),
    })
  }
}, 60_000)

test('refuses a long name of megabytes before it reads it', async () => {
  const { folder } = await sandbox()
  const content = Buffer.alloc(2 << 20, 'n')
  const archive = await archiveOf([{ path: 'long', type: 'NextFileHasLongPath', content }])
  await expect(unpackArchive(archive, folder)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' })
})
