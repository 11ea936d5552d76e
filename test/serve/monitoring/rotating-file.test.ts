import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  RotatingFile,
  type RotatingFileInput,
} from '../../../src/serve/monitoring/rotating-file.ts'
import { fakeClock } from '../../lib/fake-clock.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const day = 24 * 3600 * 1000
const start = Date.UTC(2030, 0, 31, 12)

async function open(given: Partial<RotatingFileInput> = {}) {
  const folder = await temporaryFolder()
  const time = { now: start }
  const lost: number[] = []
  const clock = fakeClock()
  const path = join(folder, 'data.1.log')
  const file = new RotatingFile({
    path,
    maxSize: 100,
    clock,
    now: () => time.now,
    onLost: (lines) => void lost.push(lines),
    ...given,
  })
  const write = async (...lines: readonly string[]): Promise<void> => {
    for (const line of lines) file.write(`${line}\n`)
    await file.flush()
  }
  const read = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  return { folder, path, file, time, lost, clock, write, read, list: () => readdir(folder) }
}

test('begins anew each day', async () => {
  const { write, read, time, list } = await open()
  await write('a')
  await write('b')
  time.now += day
  await write('c')
  expect((await list()).toSorted()).toEqual(['data.1.log', 'data.1.log.2030-01-31'])
  expect(await read('data.1.log.2030-01-31')).toBe('a\nb\n')
  expect(await read('data.1.log')).toBe('c\n')
})

test('begins anew when it is large, and keeps what there was', async () => {
  const { write, read, list } = await open({ maxSize: 4 })
  await write('abc')
  await write('def')
  await write('ghi')
  const names = ['data.1.log', 'data.1.log.2030-01-31', 'data.1.log.2030-01-31.1']
  expect((await list()).toSorted()).toEqual(names)
  expect(await Promise.all(names.map(read))).toEqual(['ghi\n', 'abc\n', 'def\n'])
})

test('goes on in the file of a worker that was there before', async () => {
  const { path, write, read } = await open({ now: Date.now })
  await writeFile(path, 'before\n')
  await write('after')
  expect(await read('data.1.log')).toBe('before\nafter\n')
})

test('writes by itself when a second has passed', async () => {
  const { file, clock, read, path } = await open()
  file.write('a\n')
  file.write('b\n')
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' })
  await clock.advance(1000)
  await file.flush()
  expect(await read('data.1.log')).toBe('a\nb\n')
})

test('counts what a disk does not take, and goes on when it does again', async () => {
  // Nobody can make a folder where a file is, as nobody can write to a full disk.
  const place = join(await temporaryFolder(), 'data')
  await writeFile(place, '')
  const path = join(place, 'data.1.log')
  const { write, lost } = await open({ path })
  await write('a', 'b')
  expect(lost).toEqual([2])
  await rm(place)
  await write('c')
  expect(await readFile(path, 'utf8')).toBe('c\n')
})

test('keeps a bounded part in memory', async () => {
  const { file, lost, read } = await open()
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  for (let index = 0; index < 12; index++) file.write(line)
  expect(lost).toEqual([1, 1, 1])
  await file.flush()
  expect(await read('data.1.log')).toHaveLength(9 * 1024 * 1024)
})
