import { expect, test } from '@jest/globals'
import { failureOf, type Harness, harness, type Numbers, rowsOf } from './harness.ts'

/* Batches that never end: a method may wait for ever for somebody who does not answer. */

const patienceMs = 100

/** Batches with a row below 0 never end; others take 10 ms. */
function stuck(slots = 1): { made: Harness; ask: (row: number) => Promise<Numbers> } {
  const made: Harness = harness({
    slots,
    maxBatchSize: 1,
    timeoutMs: patienceMs,
    run: async (slices) => {
      const rows = slices.flatMap(rowsOf)
      made.batches.push(rows)
      const isStuck = rows.some((row) => row < 0)
      await new Promise<void>((resolve) => {
        if (!isStuck) made.clock.after(10, resolve)
      })
      return slices.map(rowsOf)
    },
  })
  const ask = (row: number): Promise<Numbers> =>
    made.submit([row], { deadline: made.clock.now() + patienceMs })
  return { made, ask }
}

test('a batch that nobody waits for any more keeps its place from nobody', async () => {
  const { made, ask } = stuck()
  void ask(-1)
  await made.clock.advance(50)
  const waiting = ask(1)
  await made.clock.advance(60)
  await expect(waiting).resolves.toEqual([1])
  const next = ask(2)
  await made.clock.advance(10)
  await expect(next).resolves.toEqual([2])
})

test('a batch that somebody still waits for keeps its place', async () => {
  const { made, ask } = stuck()
  void made.submit([-1])
  await made.clock.advance(50)
  const waiting = failureOf(ask(1))
  await made.clock.advance(1000)
  void ask(2).catch(() => undefined)
  await made.clock.advance(10)
  expect(made.batches).toEqual([[-1]])
  void waiting
})

test('so many may go on beside the others, and no more', async () => {
  const { made, ask } = stuck(2)
  for (let time = 0; time < 100; time++) {
    ask(-1).catch(() => undefined)
    ask(-2).catch(() => undefined)
    await made.clock.advance(patienceMs + 10)
  }
  expect(made.batches).toHaveLength(2 + 16)
})

test('leaves no timer behind once nobody waits', async () => {
  const timers = new Set<number>()
  let next = 0
  const { made, ask } = stuck()
  const after = made.clock.after.bind(made.clock)
  made.clock.after = (ms, callback) => {
    const id = next++
    timers.add(id)
    const cancel = after(ms, callback)
    return () => {
      timers.delete(id)
      cancel()
    }
  }
  void ask(-1)
  await made.clock.advance(10)
  const gone = failureOf(made.submit([1], { isGone: () => true, deadline: 150 }))
  await made.clock.advance(5)
  expect(timers.size).toBe(1)
  await made.clock.advance(200)
  expect(await gone).toMatchObject({ code: 'CANCELLED' })
})
