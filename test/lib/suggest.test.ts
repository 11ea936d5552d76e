import { expect, test } from '@jest/globals'
import { closest } from '../../src/lib/suggest.ts'

const commands = ['build', 'serve', 'list', 'delete', 'export']

test.each([
  ['biuld', 'build'],
  ['serv', 'serve'],
  ['LIST', 'list'],
  ['exprot', 'export'],
  ['deltee', 'delete'],
])('takes "%s" for "%s"', (word, meant) => {
  expect(closest(word, commands)).toBe(meant)
})

test.each(['deploy', 'x', '', 'frobnicate'])('suggests nothing for "%s"', (word) => {
  expect(closest(word, commands)).toBeUndefined()
})

test('prefers the nearest of several candidates', () => {
  expect(closest('worker', ['worked', 'workers', 'worker'])).toBe('worker')
})
