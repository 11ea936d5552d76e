import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { LineWriter } from '../../src/log/line-writer.ts'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const line = `${'x'.repeat(99)}\n`

test('writes every line once and in order', async () => {
  const file = join(await temporaryFolder(), 'log')
  const fd = openSync(file, 'a')
  const writer = new LineWriter({ fd, delayMs: 1 })
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
  new LineWriter({ fd, delayMs: 1 }).write('alone\n')
  while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 1))
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe('alone\n')
})

test('keeps a bounded part for a reader that has stopped, and says what is missing', async () => {
  const fifo = join(await temporaryFolder(), 'fifo')
  await run('mkfifo', [fifo], { cwd: '/' })
  const fd = openSync(fifo, 'r+')
  const writer = new LineWriter({ fd, delayMs: 1 })
  for (let index = 0; index < 100_000; index++) writer.write(line)
  const reader = spawn('cat', [fifo])
  let text = ''
  reader.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await writer.flush()
  closeSync(fd)
  await once(reader, 'close')
  const lines = text.split('\n').slice(0, -1)
  const said = lines.findIndex((one) => one.endsWith('log lines were dropped: nobody read them'))
  const dropped = Number.parseInt(lines[said] ?? '', 10)
  expect(dropped).toBeGreaterThan(1000)
  expect(lines.length - 1 + dropped).toBe(100_000)
  expect(text.length).toBeLessThan(9 * 1024 * 1024)
})

test('goes on when its reader is gone', async () => {
  const writer = new LineWriter({ fd: 9999, delayMs: 1 })
  writer.write(line)
  await writer.flush()
  writer.write(line)
  writer.flushSync()
  await expect(writer.flush()).resolves.toBeUndefined()
})
