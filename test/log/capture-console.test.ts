import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { captureConsole } from '../../src/log/capture-console.ts'
import { createLogger } from '../../src/log/logger.ts'
import { memoryStream } from './memory-stream.ts'

function open() {
  const stream = memoryStream()
  const { logger } = createLogger({ format: 'json', level: 'trace', fields: {}, stream })
  const raw = new PassThrough()
  const target = new Console(raw)
  const undo = captureConsole(target, logger)
  return { stream, raw, target, undo }
}

test('makes a line of each call, at its level, formatted as the console does', () => {
  const { stream, raw, target } = open()
  target.log('%s has %d rows', 'a.csv', 3, { deep: [1, { b: 2 }] })
  target.info('info')
  target.debug('debug')
  target.warn('warn')
  target.error(new Error('gone'))
  expect(stream.records()).toMatchObject([
    { level: 30, msg: 'a.csv has 3 rows { deep: [ 1, { b: 2 } ] }' },
    { level: 30, msg: 'info' },
    { level: 20, msg: 'debug' },
    { level: 40, msg: 'warn' },
    { level: 50, msg: expect.stringMatching(/^Error: gone\n {4}at /) },
  ])
  expect(raw.readableLength).toBe(0)
})

test('takes along what the console builds on these', () => {
  const { stream, raw, target } = open()
  target.table([{ a: 1 }])
  target.assert(false, 'not so')
  target.count('calls')
  target.dir({ a: 1 })
  target.dirxml({ b: 2 })
  target.trace('here')
  expect(stream.records()).toMatchObject([
    { level: 30, msg: expect.stringContaining('│ (index) │ a │') },
    { level: 40, msg: expect.stringContaining('not so') },
    { level: 30, msg: 'calls: 1' },
    { level: 30, msg: '{ a: 1 }' },
    { level: 30, msg: '{ b: 2 }' },
    { level: 20, msg: expect.stringMatching(/^Trace: here\n {4}at /) },
  ])
  expect(raw.readableLength).toBe(0)
})

test('keeps several lines in one', () => {
  const { stream, target } = open()
  target.log('one\ntwo')
  expect(stream.lines).toHaveLength(1)
  expect(stream.records()[0]).toMatchObject({ msg: 'one\ntwo' })
})

test('can be undone', () => {
  const { stream, raw, target, undo } = open()
  undo()
  target.log('raw')
  expect(stream.lines).toEqual([])
  expect(String(raw.read())).toBe('raw\n')
})
