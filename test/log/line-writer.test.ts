import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { LineWriter } from '../../src/log/line-writer.ts'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const notice = (lost: number, why: string): string => `${lost} lines were lost: ${why}\n`
const line = `${'x'.repeat(99)}\n`

test('writes every line once and in order', async () => {
  const file = join(await temporaryFolder(), 'log')
  const fd = openSync(file, 'a')
  const writer = new LineWriter({ fd, delayMs: 1, notice })
  for (let index = 0; index < 5000; index++) writer.write(`${index}\n`)
  await writer.flush()
  for (let index = 5000; index < 5010; index++) writer.write(`${index}\n`)
  writer.flushSync()
  closeSync(fd)
  const expected = Array.from({ length: 5010 }, (_, index) => `${index}\n`).join('')
  expect(readFileSync(file, 'utf8')).toBe(expected)
})

test('writes a lone line when it has waited', async () => {
  const file = join(await temporaryFolder(), 'log')
  const fd = openSync(file, 'a')
  new LineWriter({ fd, delayMs: 1, notice }).write('alone\n')
  while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 1))
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe('alone\n')
})

test('keeps a bounded part for a reader that has stopped, and says what is missing', async () => {
  const fifo = join(await temporaryFolder(), 'fifo')
  await run('mkfifo', [fifo], { cwd: '/' })
  const fd = openSync(fifo, 'r+')
  const writer = new LineWriter({ fd, delayMs: 1, notice })
  for (let index = 0; index < 100_000; index++) writer.write(line)
  const reader = spawn('cat', [fifo])
  let text = ''
  reader.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await writer.flush()
  closeSync(fd)
  await once(reader, 'close')
  const lines = text.split('\n').slice(0, -1)
  const said = lines.findIndex((one) => one.endsWith('lines were lost: nobody read them'))
  const dropped = Number.parseInt(lines[said] ?? '', 10)
  expect(dropped).toBeGreaterThan(1000)
  expect(lines.length - 1 + dropped).toBe(100_000)
  expect(text.length).toBeLessThan(9 * 1024 * 1024)
})

test('goes on when its reader is gone', async () => {
  const writer = new LineWriter({ fd: 9999, delayMs: 1, notice })
  writer.write(line)
  await writer.flush()
  writer.write(line)
  writer.flushSync()
  await expect(writer.flush()).resolves.toBeUndefined()
})

test('waits a moment for a reader that has stopped, and writes all once it goes on', async () => {
  const folder = await temporaryFolder()
  const [fifo, out] = [join(folder, 'fifo'), join(folder, 'out')]
  await run('mkfifo', [fifo], { cwd: '/' })
  const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  const writer = new LineWriter({ fd, delayMs: 1, notice })
  for (let index = 0; index < 3000; index++) writer.write(line)
  // Resolves though nobody reads.
  await writer.flush()
  const reader = spawn('sh', ['-c', 'exec cat "$1" > "$2"', 'sh', fifo, out])
  writer.write('last\n')
  writer.flushSync()
  closeSync(fd)
  await once(reader, 'close')
  expect(readFileSync(out, 'utf8')).toBe(`${line.repeat(3000)}last\n`)
})

test('says how many lines a full disk has not taken', async () => {
  const told: unknown[] = []
  const fd = openSync('/dev/full', 'a')
  const writer = new LineWriter({ fd, delayMs: 1, notice: (...given) => `${told.push(given)}\n` })
  writer.write(line.repeat(3))
  await writer.flush()
  writer.write(line)
  await writer.flush()
  await writer.flush()
  closeSync(fd)
  const why = 'they could not be written: ENOSPC'
  expect(told).toEqual([
    [3, why],
    [4, why],
  ])
})
