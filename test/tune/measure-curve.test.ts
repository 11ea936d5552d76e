import { expect, test } from '@jest/globals'
import { measureCurve, sizesUpTo } from '../../src/tune/measure-curve.ts'

const { signal } = new AbortController()

test('measures powers of two, the largest, and the size that is in force', () => {
  expect(sizesUpTo(20, 12)).toEqual([1, 2, 4, 8, 12, 16, 20])
  expect(sizesUpTo(4, 32)).toEqual([1, 2, 4])
  expect(sizesUpTo(1, 1)).toEqual([1])
})

test('gives the median of runs that are spread over the whole time', async () => {
  let runs = 0
  const points = await measureCurve({
    sizes: [1, 8],
    rounds: 4,
    signal,
    // One run in seven meets a noisy moment.
    run: async (rows) => (runs++ % 7 === 6 ? 900 : 100 + rows),
  })
  expect(points).toEqual([
    { rows: 1, ms: 101 },
    { rows: 8, ms: 108 },
  ])
})

test('forgets the first runs, which are slow', async () => {
  let spentMs = 0
  const run = async (rows: number): Promise<number> => {
    const ms = spentMs < 250 ? 50 : rows
    spentMs += ms
    return ms
  }
  const points = await measureCurve({ sizes: [10, 20], rounds: 1, signal, run })
  expect(points).toEqual([
    { rows: 10, ms: 10 },
    { rows: 20, ms: 20 },
  ])
})

test.each([
  ['is refused', async (rows: number) => (rows > 4 ? undefined : 100)],
  ['takes too long', async (rows: number) => (rows >= 4 ? 6000 : 100)],
])('stops where a batch %s', async (_, run) => {
  const points = await measureCurve({ sizes: [1, 2, 4, 8], rounds: 1, signal, run })
  expect(points.map(({ rows }) => rows)).toEqual([1, 2, 4])
})

test('ends when it is told to', async () => {
  const stop = new AbortController()
  let runs = 0
  const run = async (): Promise<number> => {
    if (++runs === 10) stop.abort()
    return 100
  }
  await measureCurve({ sizes: [1, 2], rounds: 1000, signal: stop.signal, run })
  expect(runs).toBe(10)
})
