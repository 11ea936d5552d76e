import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { CounterFile, readCounterFile } from '../../../src/serve/observe/counter-file.ts'
import { sumSeries } from '../../../src/serve/observe/sum-series.ts'
import { run } from '../../processes.ts'

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'bento-test-')), 'counters')
}

test('reads back what was saved', async () => {
  const path = await newFile()
  const file = new CounterFile(path)
  const first = file.series({ kind: 'request', labels: { endpoint: '/é', code: '200' } }, 3)
  const second = file.series({ kind: 'batch', labels: {} }, 1)
  first.values.set([1, 2.5, 3])
  second.values[0] = 9
  first.save()
  second.save()
  file.close()
  await expect(readCounterFile(path)).resolves.toEqual([
    { kind: 'request', labels: { endpoint: '/é', code: '200' }, values: [1, 2.5, 3] },
    { kind: 'batch', labels: {}, values: [9] },
  ])
})

test('gives the same series for the same key', async () => {
  const file = new CounterFile(await newFile())
  const key = { kind: 'request', labels: { code: '200' } }
  expect(file.series(key, 2)).toBe(file.series({ ...key }, 2))
  file.close()
})

test('does not show what was not saved', async () => {
  const path = await newFile()
  const file = new CounterFile(path)
  file.series({ kind: 'request', labels: {} }, 1).values[0] = 5
  file.close()
  await expect(readCounterFile(path)).resolves.toEqual([
    { kind: 'request', labels: {}, values: [0] },
  ])
})

test('writes what changed in one turn of the event loop together, before it says so', async () => {
  const path = await newFile()
  const file = new CounterFile(path)
  const first = file.series({ kind: 'request', labels: {} }, 1)
  const second = file.series({ kind: 'batch', labels: {} }, 1)
  first.values[0] = 1
  const saved = first.saved()
  second.values[0] = 2
  expect(second.saved()).toBe(saved)
  await saved
  const written = await readCounterFile(path)
  expect(written.map(({ values }) => values)).toEqual([[1], [2]])
  first.values[0] = 3
  const later = first.saved()
  expect(later).not.toBe(saved)
  file.close()
  await later
  const [last] = await readCounterFile(path)
  expect(last?.values).toEqual([3])
})

test('stops at a block that is not whole', async () => {
  const path = await newFile()
  const file = new CounterFile(path)
  file.series({ kind: 'request', labels: {} }, 1).save()
  file.close()
  await appendFile(path, Buffer.from([200, 0, 0, 0, 5, 0]))
  await expect(readCounterFile(path)).resolves.toHaveLength(1)
})

test.each([['nothing'], ['garbage']])('reads %s as no series', async (content) => {
  const path = await newFile()
  if (content === 'garbage') await writeFile(path, 'not a counter file at all')
  await expect(readCounterFile(path)).resolves.toEqual([])
})

test('survives a process that is killed', async () => {
  const path = await newFile()
  const child = fork(new URL('../../fixtures/counting-process.mjs', import.meta.url), [path])
  await once(child, 'message')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect(readCounterFile(path)).resolves.toEqual([
    { kind: 'request', labels: { code: '200' }, values: [1000] },
  ])
})

test('adds series of the same kind and labels', () => {
  const one = { kind: 'request', labels: { code: '200' }, values: [1, 2] }
  const other = { kind: 'request', labels: { code: '500' }, values: [7, 7] }
  expect(sumSeries([[one, other], [one], []])).toEqual([{ ...one, values: [2, 4] }, other])
})

test.each([['/dev/full'], ['/nowhere/counters']])(
  'counts on in memory where nothing can be written, and says so once: %s',
  async (path) => {
    const reasons: unknown[] = []
    const file = new CounterFile(path, (reason) => reasons.push(reason))
    const series = file.series({ kind: 'request', labels: {} }, 1)
    series.values[0] = 5
    await series.saved()
    series.save()
    file.series({ kind: 'batch', labels: {} }, 1).save()
    expect(series.values[0]).toBe(5)
    expect(reasons).toHaveLength(1)
    file.close()
  },
)

test('leaves whole blocks where a file takes a part of the last, and says so once', async () => {
  const fixture = fileURLToPath(new URL('../../fixtures/cramped-process.mjs', import.meta.url))
  // A file of a kilobyte at most.
  const script = 'ulimit -f 1 && exec "$@"'
  const args = ['-c', script, 'bash', process.execPath, fixture, await newFile()]
  const printed = await run('bash', args, { cwd: '/' })
  expect(JSON.parse(printed)).toEqual({ reasons: ['the disk is full'], kept: [0, 1] })
})
