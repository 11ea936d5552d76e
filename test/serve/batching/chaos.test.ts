import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isBentoError } from '../../../src/errors.ts'
import { Batcher } from '../../../src/serve/batching/batcher.ts'
import { SlotPool } from '../../../src/serve/batching/slot-pool.ts'
import { type FakeClock, fakeClock } from '../../lib/fake-clock.ts'
import { type Numbers, rowsOf } from './harness.ts'

/* Everything at once: clients that leave, deadlines, poison, batches that fail, hang or answer too little. */

const request = fc.record({
  rows: fc.integer({ min: 0, max: 9 }),
  key: fc.constantFrom('a', 'b', 'c'),
  pauseMs: fc.constantFrom(0, 0, 0, 1, 7, 30),
  patienceMs: fc.constantFrom(5, 25, 60, 250),
  leavesAfterMs: fc.constantFrom(0, 3, 12, Infinity, Infinity, Infinity),
  isFirm: fc.boolean(),
  isPoison: fc.constantFrom(false, false, false, false, true),
})
const settings = fc.record({
  slots: fc.integer({ min: 1, max: 3 }),
  maxBatchSize: fc.integer({ min: 1, max: 6 }),
  maxQueueSize: fc.constantFrom(1, 5, 30),
  maxLatencyMs: fc.constantFrom(4, 40, 60_000),
  retry: fc.boolean(),
})
/** What each batch does, in turn. */
const fates = fc.array(
  fc.record({
    ms: fc.constantFrom(0, 1, 10, 10, 40, 1000),
    does: fc.constantFrom('work', 'work', 'work', 'work', 'fail', 'omit', 'refuse'),
  }),
  { minLength: 1, maxLength: 12 },
)

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never
type Settings = typeof settings extends fc.Arbitrary<infer Value> ? Value : never
type Fates = typeof fates extends fc.Arbitrary<infer Value> ? Value : never

class World {
  readonly clock: FakeClock = fakeClock()
  readonly pool: SlotPool
  readonly batcher: Batcher<Numbers, Numbers, Asked>
  readonly problems: string[] = []
  runs = 0
  readonly #fates: Fates
  readonly #settings: Settings

  constructor(given: Settings, fate: Fates) {
    this.#settings = given
    this.#fates = fate
    this.pool = new SlotPool(given.slots, this.clock)
    this.batcher = new Batcher<Numbers, Numbers, Asked>({
      ...given,
      timeoutMs: 250,
      pool: this.pool,
      clock: this.clock,
      run: async (slices) => {
        const { ms, does } = this.#fates[this.runs++ % this.#fates.length] ?? { ms: 0, does: '' }
        const contexts = slices.map(({ context }) => context)
        this.#check(contexts, slices.flatMap(rowsOf).length)
        if (ms > 0) await new Promise<void>((resolve) => this.clock.after(ms, resolve))
        if (does === 'fail' || contexts.some(({ isPoison }) => isPoison)) throw new Error('failed')
        // oxlint-disable-next-line typescript/only-throw-error -- because methods may throw anything
        if (does === 'refuse') throw undefined
        const outputs = slices.map((slice) => rowsOf(slice).map((row) => row * 10))
        return does === 'omit' ? outputs.slice(1) : outputs
      },
      join: (outputs) => outputs.flat(),
    })
  }

  /** What must hold of each batch when it begins. */
  #check(asked: readonly Asked[], rows: number): void {
    if (rows > this.#settings.maxBatchSize) this.problems.push('a batch is too large')
    if (new Set(asked.map(({ key }) => key)).size > 1) this.problems.push('keys are mixed')
    for (const one of asked) {
      // A piece of what was begun may still follow.
      if (!one.hasBegun && isOver(one, this.clock.now())) this.problems.push('a dead one is run')
      one.hasBegun = true
    }
  }
}

function isOver({ goneAt, deadline, isAnswered }: Asked, now: number): boolean {
  return isAnswered || goneAt < now || deadline < now
}

interface Asked extends Request {
  readonly goneAt: number
  readonly deadline: number
  isAnswered: boolean
  hasBegun: boolean
}

async function ask(world: World, at: number, given: Request): Promise<void> {
  const now = world.clock.now()
  const asked: Asked = {
    ...given,
    goneAt: now + given.leavesAfterMs,
    deadline: now + given.patienceMs,
    isAnswered: false,
    hasBegun: false,
  }
  const input = Array.from({ length: given.rows }, (_, row) => at * 100 + row)
  const { key, deadline, isFirm } = asked
  const isGone = (): boolean => world.clock.now() > asked.goneAt
  const job = { input, rows: given.rows, key, deadline, isFirm, isGone, context: asked }
  try {
    const output = await world.batcher.submit(job)
    if (output.join() !== input.map((row) => row * 10).join()) world.problems.push('wrong rows')
  } catch (error) {
    const { retryAfter = 1 } = isBentoError(error) ? error : {}
    if (retryAfter < 1 || retryAfter > 60) world.problems.push(`Retry-After is ${retryAfter}`)
  }
  asked.isAnswered = true
}

/** Asks everything in its turn, then drains. */
async function live(world: World, all: readonly Request[], maxQueueSize: number): Promise<void> {
  const answers: Promise<void>[] = []
  for (const [at, one] of all.entries()) {
    const before = world.batcher.queuedRows
    answers.push(ask(world, at, one))
    // One that is larger than the queue may wait alone.
    const may = Math.max(maxQueueSize, before, one.rows)
    if (world.batcher.queuedRows > may) world.problems.push('more waits than may')
    await world.clock.advance(one.pauseMs)
  }
  let isDrained = false
  void world.batcher.drain().then(() => (isDrained = true))
  await world.clock.advance(60_000)
  if (!isDrained) world.problems.push('not drained')
  const settled = await Promise.race([Promise.all(answers), nextTurn('not all are answered')])
  if (typeof settled === 'string') world.problems.push(settled)
}

function nextTurn(text: string): Promise<string> {
  return new Promise((resolve) => setImmediate(() => resolve(text)))
}

test('whatever happens, everybody is answered once, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 40 }),
      settings,
      fates,
      async (all, given, fate) => {
        const world = new World(given, fate)
        await live(world, all, given.maxQueueSize)
        expect(world.problems).toEqual([])
        expect(world.batcher.queuedRows).toBe(0)
        expect(world.pool.free).toBe(given.slots)
      },
    ),
    { numRuns: 300 },
  )
})
