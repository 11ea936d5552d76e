import { expect, test } from '@jest/globals'
import { concurrencyLimit, ConcurrencyGate, type LeaseSource } from '../../src/serve/concurrency.ts'

test.each([
  [{ timeout: 1 }, undefined],
  [{ timeout: 1, concurrency: 8 }, 8],
  [{ timeout: 1, maxConcurrency: 3 }, 3],
  // With both, the first is what autoscaling aims at.
  [{ timeout: 1, concurrency: 8, maxConcurrency: 20 }, 20],
])('takes from %j the limit %p', (traffic, expected) => {
  expect(concurrencyLimit(traffic)).toBe(expected)
})

test('refuses whom there is no room for, and says when to come back', () => {
  const gate = new ConcurrencyGate(1)
  expect(gate.enter()).toBeUndefined()
  expect(() => gate.enter()).toThrow(
    expect.objectContaining({ code: 'CONCURRENCY', status: 429, retryAfter: 1 }),
  )
  gate.leave()
  expect(gate.enter()).toBeUndefined()
})

test('admits everybody without a limit', () => {
  const gate = new ConcurrencyGate()
  for (let request = 0; request < 1000; request++) expect(gate.enter()).toBeUndefined()
})

/** A source that answers when told to. */
function manualSource(block: number) {
  const asked: number[] = []
  const back: number[] = []
  let answer: (count: number) => void = () => undefined
  const source: LeaseSource = {
    block,
    ask(count) {
      asked.push(count)
      return new Promise((resolve) => {
        answer = resolve
      })
    },
    giveBack: (count) => void back.push(count),
  }
  return { source, asked, back, grant: (count: number) => answer(count) }
}

async function enter(gate: ConcurrencyGate): Promise<void> {
  await gate.enter()
}

test('asks for a block once, however many wait, and lets them in as far as it was granted', async () => {
  const { source, asked, grant } = manualSource(2)
  const gate = new ConcurrencyGate(0, source)
  const entered = [enter(gate), enter(gate), enter(gate)]
  const outcomes = Promise.allSettled(entered)
  expect(asked).toEqual([2])
  grant(2)
  await Promise.all(entered.slice(0, 2))
  await turn()
  // The third is asked for again, and refused.
  expect(asked).toEqual([2, 2])
  grant(0)
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
  ])
})

test('refuses at once right after it was refused, without asking again', async () => {
  const { source, asked, grant } = manualSource(1)
  const gate = new ConcurrencyGate(0, source)
  const entered = gate.enter()
  grant(0)
  await expect(entered).rejects.toMatchObject({ code: 'CONCURRENCY' })
  expect(() => gate.enter()).toThrow(expect.objectContaining({ code: 'CONCURRENCY' }))
  expect(asked).toEqual([1])
})

test('lets one who waits in when another leaves, without a word from the source', async () => {
  const { source, grant } = manualSource(1)
  const gate = new ConcurrencyGate(1, source)
  expect(gate.enter()).toBeUndefined()
  const second = gate.enter()
  gate.leave()
  await second
  grant(0)
  await turn()
  expect(gate.takeUnused()).toBe(0)
})

test('gives back what it has not needed for a while, and at a recall what it does not use', () => {
  const { source, back } = manualSource(4)
  const gate = new ConcurrencyGate(10, source)
  for (let request = 0; request < 6; request++) void enter(gate)
  for (let request = 0; request < 4; request++) gate.leave()
  gate.settle()
  expect(back).toEqual([4])
  gate.settle()
  expect(back).toEqual([4, 4])
  gate.leave()
  expect(gate.takeUnused()).toBe(1)
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
