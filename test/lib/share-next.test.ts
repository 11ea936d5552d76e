import { expect, test } from '@jest/globals'
import { shareNext } from '../../src/lib/share-next.ts'

test('shares the run that has not begun, and never the one that has', async () => {
  const ends: ((value: number) => void)[] = []
  const ask = shareNext(() => new Promise<number>((resolve) => ends.push(resolve)))
  const first = [ask(), ask()]
  await Promise.resolve()
  expect(ends).toHaveLength(1)
  const second = [ask(), ask(), ask()]
  ends[0]?.(1)
  await expect(Promise.all(first)).resolves.toEqual([1, 1])
  await Promise.resolve()
  expect(ends).toHaveLength(2)
  ends[1]?.(2)
  await expect(Promise.all(second)).resolves.toEqual([2, 2, 2])
})

test('goes on after a run that failed', async () => {
  let runs = 0
  const ask = shareNext(async () => {
    if (++runs === 1) throw new Error('once')
    return runs
  })
  await expect(ask()).rejects.toThrow('once')
  await expect(ask()).resolves.toBe(2)
})
