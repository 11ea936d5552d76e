import { expect, test } from '@jest/globals'
import { createLogger, type LoggerOptions } from '../../src/log/logger.ts'
import { memoryStream } from './memory-stream.ts'

const ids = {
  requestId: 'r1',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
}

function open(options: Partial<LoggerOptions> = {}) {
  const stream = memoryStream()
  const fields = { service: 'Iris', worker: 1 }
  const { logger } = createLogger({ format: 'json', level: 'info', fields, stream, ...options })
  return { logger, stream }
}

test('writes a line of JSON with the fields of the log, its own and the message', () => {
  const { logger, stream } = open()
  logger.child({ part: 'loader' }).warn({ rows: 3 }, 'Read %s of %d', 'a.csv', 7)
  expect(stream.records()).toEqual([
    {
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'Iris',
      worker: 1,
      part: 'loader',
      rows: 3,
      msg: 'Read a.csv of 7',
    },
  ])
})

test('takes a message alone, or an error alone', () => {
  const { logger, stream } = open()
  logger.info('up')
  logger.error(new TypeError('no such row', { cause: new Error('disk') }))
  const [first, second] = stream.records()
  expect(first).toMatchObject({ level: 30, msg: 'up' })
  expect(second).toMatchObject({
    level: 50,
    msg: 'no such row',
    err: { type: 'TypeError', message: 'no such row' },
  })
  expect(JSON.stringify(second)).toContain('Caused by: Error: disk')
})

test('writes the ids of a request under the names of OpenTelemetry', () => {
  const { logger, stream } = open()
  logger.within(ids).info('in')
  logger.within([ids, { ...ids, requestId: 'r2' }]).info('batch')
  expect(stream.records()).toMatchObject([
    { request_id: 'r1', trace_id: ids.traceId, span_id: ids.spanId, trace_flags: '01', msg: 'in' },
    { request_ids: ['r1', 'r2'], msg: 'batch' },
  ])
})

test.each([
  ['trace', 6],
  ['info', 4],
  ['error', 2],
  ['silent', 0],
] as const)('at %s writes what is as grave', (level, count) => {
  const { logger, stream } = open({ level })
  logger.trace('1')
  logger.debug('2')
  logger.info('3')
  logger.warn('4')
  logger.error('5')
  logger.fatal('6')
  expect(stream.lines).toHaveLength(count)
  expect(logger.isLevelEnabled('error')).toBe(level !== 'silent')
})

test('writes what JSON cannot say', () => {
  const { logger, stream } = open()
  const ring: Record<string, unknown> = { big: 12n }
  ring['self'] = ring
  const shared = { a: 1 }
  const broken = {
    toJSON() {
      throw new Error('no')
    },
  }
  logger.info({ ring, both: [shared, shared], broken, nothing: undefined, call: () => 1 }, 'odd')
  expect(stream.records()[0]).toMatchObject({
    ring: { big: '12', self: '[Circular]' },
    both: [{ a: 1 }, { a: 1 }],
    broken: '[Error: no]',
    msg: 'odd',
  })
})

test('a field cannot pass for what a line has anyway', () => {
  const { logger, stream } = open()
  logger.within(ids).info({ level: 'low', time: 0, request_id: 'x', trace_id: 'y' }, 'm')
  expect(stream.records()[0]).toMatchObject({
    level: 30,
    level_: 'low',
    time_: 0,
    request_id: 'r1',
    request_id_: 'x',
    trace_id_: 'y',
  })
})

test('keeps a line whole, whatever is in it', () => {
  const { logger, stream } = open()
  logger.info({ 'a"\n': '\u2028"\n' }, 'two\nlines "quoted"')
  expect(stream.lines).toHaveLength(1)
  expect(stream.lines[0]?.trimEnd()).not.toContain('\n')
  expect(stream.records()[0]).toMatchObject({ msg: 'two\nlines "quoted"' })
})

test('writes text for eyes: time, level, place, message, fields, ids, stack', () => {
  const { logger, stream } = open({ format: 'text' })
  logger.within(ids).info({ rows: 3, name: 'a b' }, 'Read')
  const error = new Error('gone')
  logger.error({ err: error }, 'Failed')
  const [first = '', second = ''] = stream.lines.map((line) => line.slice(line.indexOf(' ') + 1))
  expect(first).toBe(
    `[INFO] [Iris:1] Read rows=3 name=a b (trace=${ids.traceId},span=${ids.spanId},sampled=1,request=r1)\n`,
  )
  expect(second).toBe(`[ERROR] [Iris:1] Failed\n${error.stack}\n`)
})

test('names all that an error came of, whatever it is', () => {
  const { logger, stream } = open()
  const failures = [new Error('first replica'), 'second replica']
  logger.error(new AggregateError(failures, 'no replica', { cause: { code: 7 } }))
  const causes = String.raw`\nCaused by: \{ code: 7 \}\nCaused by: Error: first replica\n.*\nCaused by: 'second replica'$`
  const stack = new RegExp(`^AggregateError: no replica\n.*${causes}`, 's')
  expect(stream.records()).toMatchObject([{ err: { stack: expect.stringMatching(stack) } }])
})

test('fails nobody for what throws when it is read', () => {
  const { logger, stream } = open()
  const closed = {
    get name(): string {
      throw new Error('closed')
    },
  }
  logger.child({ part: 'a' }).info(closed, 'opened')
  logger.info({ inner: closed }, 'nested')
  expect(stream.records()).toMatchObject([
    { part: 'a', msg: 'What was to be logged cannot be read: closed' },
    { inner: '[Error: closed]', msg: 'nested' },
  ])
})
