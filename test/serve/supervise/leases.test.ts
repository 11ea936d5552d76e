import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { ConcurrencyGate } from '../../../src/serve/concurrency.ts'
import { type LeaseHolder, Leases } from '../../../src/serve/supervise/leases.ts'
import { fakeClock } from '../../lib/fake-clock.ts'

interface FakeWorker extends LeaseHolder {
  readonly granted: number[]
  readonly recalls: () => number
}

function worker(): FakeWorker {
  const granted: number[] = []
  let recalls = 0
  return {
    granted,
    recalls: () => recalls,
    grant: (count) => void granted.push(count),
    recall: () => void recalls++,
  }
}

test('grants what there is, and takes from others what they do not use', () => {
  const leases = new Leases(10, fakeClock())
  const [idle, busy] = [worker(), worker()]
  leases.open(idle, leases.within(5))
  leases.open(busy, leases.within(5))
  leases.ask(busy, 3)
  expect(idle.recalls()).toBe(1)
  expect(busy.granted).toEqual([])
  leases.returned(idle, 4)
  expect(busy.granted).toEqual([3])
})

test('refuses when everything is in use', () => {
  const leases = new Leases(2, fakeClock())
  const [one, two] = [worker(), worker()]
  leases.open(one, 1)
  leases.open(two, 1)
  leases.ask(two, 1)
  leases.returned(one, 0)
  expect(two.granted).toEqual([0])
})

test('does not wait for a worker that does not answer, and never grants what it may still use', async () => {
  const clock = fakeClock()
  const leases = new Leases(4, clock)
  const [hung, busy] = [worker(), worker()]
  leases.open(hung, 2)
  leases.open(busy, 2)
  leases.ask(busy, 1)
  await clock.advance(49)
  expect(busy.granted).toEqual([])
  await clock.advance(1)
  expect(busy.granted).toEqual([0])
  leases.close(hung)
  leases.ask(busy, 5)
  expect(busy.granted).toEqual([0, 2])
})

test('gives the leases of a worker that died to those who wait', () => {
  const leases = new Leases(3, fakeClock())
  const [dying, waiting] = [worker(), worker()]
  leases.open(dying, 3)
  leases.open(waiting, 0)
  leases.ask(waiting, 2)
  leases.close(dying)
  expect(waiting.granted).toEqual([2])
})

test('grants nothing above a limit that has become lower', () => {
  const leases = new Leases(4, fakeClock())
  const [one, two] = [worker(), worker()]
  leases.open(one, 4)
  leases.open(two, 0)
  leases.setLimit(2)
  leases.giveBack(one, 2)
  leases.ask(two, 1)
  leases.returned(one, 0)
  expect(two.granted).toEqual([0])
})

const step = fc.record({ worker: fc.nat(2), leaves: fc.boolean() })

test('never has more under way than the limit, and refuses only when that many are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.array(step, { maxLength: 60 }), checkSteps),
    { numRuns: 200 },
  )
})

async function checkSteps(
  limit: number,
  steps: readonly { worker: number; leaves: boolean }[],
): Promise<void> {
  const leases = new Leases(limit, fakeClock())
  const gates = [0, 1, 2].map(() => createGate(leases, Math.floor(limit / 3)))
  const inside = [0, 0, 0]
  const total = (): number => inside.reduce((sum, count) => sum + count, 0)
  for (const { worker: index, leaves } of steps) {
    const gate = gates[index]
    if (!gate) throw new Error('There are three')
    let isWrong = false
    if (leaves && (inside[index] ?? 0) > 0) {
      gate.leave()
      inside[index] = (inside[index] ?? 0) - 1
      gate.settle()
    } else {
      const isIn = await isAdmitted(gate)
      if (isIn) inside[index] = (inside[index] ?? 0) + 1
      isWrong = !isIn && total() < limit
    }
    expect(isWrong).toBe(false)
    expect(total()).toBeLessThanOrEqual(limit)
    await pastRefusal(total() === limit)
  }
}

/** A gate whose messages arrive a turn later, as between processes. */
function createGate(leases: Leases, share: number): ConcurrencyGate {
  let granted: (count: number) => void = () => undefined
  const later = (callback: () => void): void => queueMicrotask(callback)
  const holder: LeaseHolder = {
    grant: (count) => later(() => granted(count)),
    recall: () => later(() => leases.returned(holder, gate.takeUnused())),
  }
  const gate: ConcurrencyGate = new ConcurrencyGate(share, {
    block: 2,
    ask: (count) =>
      new Promise((resolve) => {
        granted = resolve
        later(() => leases.ask(holder, count))
      }),
    giveBack: (count) => later(() => leases.giveBack(holder, count)),
  })
  leases.open(holder, share)
  return gate
}

async function isAdmitted(gate: ConcurrencyGate): Promise<boolean> {
  try {
    await gate.enter()
    return true
  } catch {
    return false
  }
}

/** A gate that was refused does not ask again for 10 ms; here it is asked only once it would. */
async function pastRefusal(isFull: boolean): Promise<void> {
  if (isFull) await new Promise((resolve) => setTimeout(resolve, 11))
}
