import { expect, test } from '@jest/globals'
import { failureOf, type Harness, harness, rowsOf } from './harness.ts'

/* What was learned must not stand in the way when it no longer holds. */

interface Changing {
  readonly made: Harness
  /** What the next batches take. */
  readonly take: (ms: number) => void
  /** One request, and what became of it. */
  readonly ask: (patienceMs?: number) => Promise<string>
}

const timeoutMs = 200

function changing(): Changing {
  let batchMs = 10
  const made: Harness = harness({
    maxBatchSize: 32,
    timeoutMs,
    run: async (slices) => {
      await new Promise<void>((resolve) => made.clock.after(batchMs, resolve))
      return slices.map(rowsOf)
    },
  })
  return {
    made,
    take: (ms) => (batchMs = ms),
    ask: (patienceMs = timeoutMs) =>
      made.submit([1], { deadline: made.clock.now() + patienceMs }).then(
        () => 'answered',
        (error: { code: string }) => error.code,
      ),
  }
}

/** Two at once, so many times, each as soon as the last are answered or 15 ms have passed. */
async function askOften({ made, ask }: Changing, times: number): Promise<string[]> {
  const answers = []
  for (let time = 0; time < times; time++) {
    answers.push(ask(), ask())
    await made.clock.advance(15)
  }
  await made.clock.advance(2 * timeoutMs)
  return Promise.all(answers)
}

test.each([
  ['three seconds', 3000],
  ['an hour, since the machine slept', 3_600_000],
])('one batch that took %s makes nobody be refused afterwards', async (_, ms) => {
  const it = changing()
  await askOften(it, 20)
  it.take(ms)
  const [held] = [it.ask(), await it.made.clock.advance(1)]
  it.take(10)
  await it.made.clock.advance(ms)
  await expect(held).resolves.toBe('answered')
  expect(new Set(await askOften(it, 100))).toEqual(new Set(['answered']))
})

test('a very first batch that took long makes nobody be refused afterwards', async () => {
  const it = changing()
  it.take(3000)
  const [held] = [it.ask(), await it.made.clock.advance(1)]
  it.take(10)
  await it.made.clock.advance(3000)
  await held
  const answers = await askOften(it, 100)
  expect(answers.slice(2 * 9).every((answer) => answer === 'answered')).toBe(true)
  expect(answers.filter((answer) => answer === 'answered').length).toBeGreaterThan(190)
})

test('a model that was slower for a while is used again as soon as it is quick', async () => {
  const it = changing()
  await askOften(it, 20)
  it.take(250)
  const during = await askOften(it, 400)
  expect(during).toContain('PREDICTED_LATE')
  it.take(10)
  await it.made.clock.advance(500)
  const after = await askOften(it, 100)
  expect(after.slice(2 * 5).every((answer) => answer === 'answered')).toBe(true)
})

test('who waits only so long is let in within a second of the model being quick again', async () => {
  const it = changing()
  const askFirm = async (times: number): Promise<string[]> => {
    const answers = []
    for (let time = 0; time < times; time++) {
      const job = { deadline: it.made.clock.now() + 50, isFirm: true }
      const answer = it.made.submit([1], job).then(
        () => 'answered',
        (error: { code: string }) => error.code,
      )
      answers.push(answer)
      await it.made.clock.advance(20)
    }
    await it.made.clock.advance(200)
    return Promise.all(answers)
  }
  expect(await askFirm(20)).not.toContain('PREDICTED_LATE')
  it.take(150)
  expect(await askFirm(200)).toContain('PREDICTED_LATE')
  it.take(10)
  await askFirm(40)
  expect(new Set(await askFirm(50))).toEqual(new Set(['answered']))
})

test('never refuses when it is idle, whatever it believes', async () => {
  const it = changing()
  it.take(500)
  for (let time = 0; time < 30; time++) {
    void it.ask()
    await it.made.clock.advance(501)
  }
  expect(it.made.batches).toHaveLength(0)
  expect(it.made.reports).toHaveLength(30)
})

test('a queue that stood is forgotten after a rest', async () => {
  const { clock, submit, reports } = harness({ batchMs: 100, maxBatchSize: 4, timeoutMs: 1000 })
  const deadline = (): number => clock.now() + 1000
  for (let time = 0; time < 60; time++) {
    for (let each = 0; each < 4; each++) {
      submit([1], { deadline: deadline() }).catch(() => undefined)
    }
    await clock.advance(50)
  }
  const full = await failureOf(
    Promise.all(Array.from({ length: 8 }, () => submit([1], { deadline: deadline() }))),
  )
  expect(full).toMatchObject({ code: 'QUEUE_FULL' })
  await clock.advance(3_600_000)
  reports.length = 0
  const burst = Array.from({ length: 20 }, () => submit([1], { deadline: deadline() }))
  await clock.advance(1000)
  await expect(Promise.all(burst)).resolves.toHaveLength(20)
})

test('a launch that takes most of the time is no reason for small batches', async () => {
  const { clock, submit, batches } = harness({ batchMs: 130, maxBatchSize: 100, timeoutMs })
  const ask = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, () => submit([1], { deadline: clock.now() + timeoutMs })),
    )
  for (let time = 0; time < 12; time++) {
    void ask(1 + (time % 3))
    await clock.advance(200)
  }
  const burst = ask(80)
  await clock.advance(200)
  await expect(burst).resolves.toHaveLength(80)
  expect(batches.at(-1)).toHaveLength(80)
})
