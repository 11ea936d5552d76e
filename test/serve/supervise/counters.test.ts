import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from '@jest/globals'
import { CounterFile } from '../../../src/serve/observe/counter-file.ts'
import { Counters } from '../../../src/serve/supervise/counters.ts'

const key = { kind: 'request', labels: { code: '200' } }

function count(path: string, calls: number): void {
  const file = new CounterFile(path)
  const series = file.series(key, 1)
  series.values[0] = calls
  series.save()
  file.close()
}

async function callsOf(counters: Counters): Promise<number | undefined> {
  const series = await counters.sum()
  return series.find(({ kind }) => kind === key.kind)?.values[0]
}

test('loses nothing when somebody clears temporary files away', async () => {
  const counters = new Counters()
  const [first, second] = [counters.assign(), counters.assign()]
  count(first, 3)
  count(second, 4)
  await rm(dirname(first), { recursive: true })
  await expect(callsOf(counters)).resolves.toBe(7)
  counters.retire(first)
  const third = counters.assign()
  count(third, 10)
  await expect(callsOf(counters)).resolves.toBe(17)
  counters.remove()
  expect(existsSync(dirname(third))).toBe(false)
})

test('counts a worker once that dies while they are summed', async () => {
  const counters = new Counters()
  const path = counters.assign()
  count(path, 5)
  const sum = callsOf(counters)
  counters.retire(path)
  await expect(sum).resolves.toBe(5)
  await expect(callsOf(counters)).resolves.toBe(5)
  counters.remove()
})
