import { expect, test } from '@jest/globals'
import { isBentoError } from '../../../src/errors.ts'
import { type Call, CallQueue } from '../../../src/serve/calls/call-queue.ts'
import { type FakeClock, fakeClock } from '../../lib/fake-clock.ts'

interface Harness {
  readonly clock: FakeClock
  readonly calls: CallQueue<string>
  /** Names of the calls that have begun, in order. */
  readonly begun: string[]
  readonly submit: (
    name: string,
    options?: Partial<Call<string>> & { ms?: number },
  ) => Promise<string>
}

/** Calls of 10 ms. */
function harness(options: { maxQueueSize?: number; maxLatencyMs?: number } = {}): Harness {
  const clock = fakeClock()
  const calls = new CallQueue<string>({
    maxQueueSize: 1000,
    maxLatencyMs: 60_000,
    clock,
    ...options,
  })
  const begun: string[] = []
  const submit: Harness['submit'] = async (name, { ms = 10, ...call } = {}) =>
    calls.submit({
      deadline: Infinity,
      isGone: () => false,
      async run() {
        begun.push(name)
        await new Promise<void>((resolve) => clock.after(ms, resolve))
        return name
      },
      ...call,
    })
  return { clock, calls, begun, submit }
}

/** What a call fails with, as its code. */
function codeOf(answer: Promise<string>): Promise<unknown> {
  return answer.then(
    (value) => `answered ${value}`,
    (error: unknown) => (isBentoError(error) ? error.code : 'another error'),
  )
}

function fill({ calls, submit }: Harness, options: { ms?: number; deadline?: number } = {}): void {
  for (let call = calls.limit.value; call > 0; call--) {
    submit(`full ${call}`, options).catch(() => undefined)
  }
}

test('answers what is no promise at once, and throws what the call throws', () => {
  const { calls } = harness()
  const call = { deadline: Infinity, isGone: () => false }
  expect(calls.submit({ ...call, run: () => 'now' })).toBe('now')
  const failing = {
    ...call,
    run: (): string => {
      throw new Error('broken')
    },
  }
  expect(() => calls.submit(failing)).toThrow('broken')
  expect(calls.underWay).toBe(0)
})

test('has at most the limit under way, and starts the others in their order', async () => {
  const { clock, calls, begun, submit } = harness()
  const limit = calls.limit.value
  const names = Array.from({ length: limit + 3 }, (_, at) => `call ${at}`)
  const answers = names.map((name) => submit(name))
  expect(begun).toEqual(names.slice(0, limit))
  expect(calls.queued).toBe(3)
  await clock.advance(10)
  expect(begun).toEqual(names)
  await clock.advance(10)
  await expect(Promise.all(answers)).resolves.toEqual(names)
  expect([calls.underWay, calls.queued]).toEqual([0, 0])
})

test('goes on after calls that fail', async () => {
  const given = harness()
  const { clock, calls, submit } = given
  fill(given)
  const failing = codeOf(submit('bad', { run: () => Promise.reject(new Error('broken')) }))
  const throwing = codeOf(
    submit('worse', {
      run: () => {
        throw new Error('broken')
      },
    }),
  )
  const good = submit('good')
  await clock.advance(30)
  await expect(Promise.all([failing, throwing, good])).resolves.toEqual([
    'another error',
    'another error',
    'good',
  ])
  expect(calls.underWay).toBe(0)
})

test('refuses at once what would not begin or end in time, and says when to come back', async () => {
  const given = harness({ maxLatencyMs: 4 })
  const { clock, submit } = given
  fill(given)
  await clock.advance(10)
  fill(given)
  await expect(submit('late', { deadline: clock.now() + 5 })).rejects.toMatchObject({
    code: 'PREDICTED_LATE',
    retryAfter: 1,
    detail: [{ type: 'predicted_ms', msg: '11' }],
  })
  const waiting = Array.from({ length: 40 }, (_, at) => codeOf(submit(`waiting ${at}`)))
  await clock.advance(100)
  const answers = await Promise.all(waiting)
  // 4 ms of waiting are 12 calls of 10 ms on 32 places.
  expect(answers.slice(0, 12)).not.toContain('PREDICTED_LATE')
  expect(new Set(answers.slice(13))).toEqual(new Set(['PREDICTED_LATE']))
})

test('refuses what does not fit the queue', async () => {
  const given = harness({ maxQueueSize: 2 })
  fill(given)
  const answers = ['a', 'b', 'c'].map((name) => codeOf(given.submit(name)))
  await given.clock.advance(20)
  await expect(Promise.all(answers)).resolves.toEqual(['answered a', 'answered b', 'QUEUE_FULL'])
})

test('does not begin what nobody waits for any more', async () => {
  const given = harness()
  const { clock, submit, begun } = given
  fill(given, { ms: 50 })
  const expired = codeOf(submit('expired', { deadline: 20 }))
  const gone = codeOf(submit('gone', { isGone: () => clock.now() > 20 }))
  await clock.advance(60)
  await expect(Promise.all([expired, gone])).resolves.toEqual(['EXPIRED', 'CANCELLED'])
  expect(begun).not.toContain('expired')
  expect(begun).not.toContain('gone')
})

test('takes the place of calls that never end, once their deadline is over', async () => {
  const given = harness()
  const { clock, submit } = given
  fill(given, { ms: Infinity, deadline: 100 })
  const waiting = submit('waiting')
  await clock.advance(101)
  const next = submit('next')
  await clock.advance(10)
  await expect(Promise.all([waiting, next])).resolves.toEqual(['waiting', 'next'])
})

test('says how long a call waited and ran', async () => {
  const given = harness()
  fill(given)
  const timing = { queuedMs: 0, runMs: 0, batchRows: 0, reason: undefined }
  const answer = given.submit('timed', { timing, ms: 7 })
  await given.clock.advance(20)
  await answer
  expect(timing).toMatchObject({ queuedMs: 10, runMs: 7 })
})

test('lets nobody wait longer than they may, though nobody could foresee it', async () => {
  const made = harness({ maxLatencyMs: 100 })
  const { clock, submit, calls, begun } = made
  fill(made, { ms: 2000 })
  await clock.advance(10)
  const first = codeOf(submit('first'))
  await clock.advance(40)
  const second = codeOf(submit('second'))
  await clock.advance(70)
  expect(await first).toBe('PREDICTED_LATE')
  expect(calls.queued).toBe(1)
  await clock.advance(50)
  expect(await second).toBe('PREDICTED_LATE')
  await clock.advance(2000)
  expect(begun).not.toContain('first')
  const third = submit('third')
  await clock.advance(10)
  await expect(third).resolves.toBe('third')
})
