import { expect, test } from '@jest/globals'
import { judge, parseBudgets } from '../../src/load/budgets.ts'
import { parseDuration } from '../../src/load/duration.ts'

test.each([
  ['p99<20ms', 'p99', '<', 20],
  ['p99.9 <= 1.5s', 'p99.9', '<=', 1500],
  ['cpu<200us', 'cpu', '<', 200],
  ['cpu<1ms', 'cpu', '<', 1000],
  ['rss<150MB', 'rss', '<', 150e6],
  ['rss<1GiB', 'rss', '<', 2 ** 30],
  ['errors=0', 'errors', '=', 0],
  ['rate>=1000', 'rate', '>=', 1000],
  ['start<500ms', 'start', '<', 500],
])('reads %s', (text, ...parts) => {
  const [measure, operator, limit] = parts
  expect(parseBudgets(text)).toEqual([{ text, measure, operator, limit }])
})

test('reads several, and passes over empty ones', () => {
  expect(parseBudgets('p99<20ms, errors=0,').map(({ text }) => text)).toEqual([
    'p99<20ms',
    'errors=0',
  ])
})

test.each([
  ['', '--assert names no budget'],
  [' , ', '--assert names no budget'],
  ['fast', '"fast" is no budget'],
  ['p99<', '"p99<" is no budget'],
  ['p99<20', '"p99<20" has no unit'],
  ['rss<5ms', '"rss<5ms" has the unit "ms"'],
  ['errors=0%', '"errors=0%" is no budget'],
  ['p98<1ms', '"p98" is nothing that is measured'],
])('refuses %s', (text, message) => {
  expect(() => parseBudgets(text)).toThrow(expect.objectContaining({ code: 'USAGE', message }))
})

test.each([
  ['p99<20ms', true, 'p99 is 19.9 ms'],
  ['p99<19.9ms', false, 'p99 is 19.9 ms'],
  ['errors=0', false, 'errors is 2'],
  ['errors<=2', true, 'errors is 2'],
  ['rate>=50', true, 'rate is 50'],
  ['rate>50', false, 'rate is 50'],
  ['rss<150MB', false, 'rss is 200 MB'],
  ['cpu<1ms', false, 'cpu was not measured'],
])('judges %s', (text, isKept, found) => {
  const measured = { p99: 19.9, errors: 2, rate: 50, rss: 200e6 }
  expect(judge(parseBudgets(text), measured)).toMatchObject([{ isKept, found }])
})

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
])('%s is a time', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['10', 's', '-1s', '10 s', '1d'])('%j is no time', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})
