import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatTag, parseName, parseTag, parseVersion } from '../../src/store/tag.ts'

test.each([
  ['iris', 'iris', undefined],
  ['iris:latest', 'iris', undefined],
  ['Iris:V1', 'iris', 'v1'],
  ['iris:LATEST', 'iris', undefined],
  ['a', 'a', undefined],
  ['my.model_v-2:1.0.0', 'my.model_v-2', '1.0.0'],
  ['a--b..c:x__y', 'a--b..c', 'x__y'],
  [`${'n'.repeat(63)}:${'v'.repeat(63)}`, 'n'.repeat(63), 'v'.repeat(63)],
])('reads %s', (text, name, version) => {
  expect(parseTag(text)).toEqual({ name, version })
})

test.each([
  ['', 'its name is empty'],
  [':v1', 'its name is empty'],
  ['iris:', 'its version is empty'],
  ['a:b:c', 'its version holds ":"'],
  ['iris\n', 'its name holds "\\n"'],
  ['../etc', 'its name holds "/"'],
  ['..%2fetc', 'its name holds "%"'],
  ['a\\b', 'its name holds "\\\\"'],
  ['a\u0000', 'its name holds "\\u0000"'],
  ['ａ', 'its name holds "ａ"'],
  ['a:b#c', 'its version holds "#"'],
  ['..', 'its name begins or ends with a separator'],
  ['.hidden', 'its name begins or ends with a separator'],
  ['iris:v1.', 'its version begins or ends with a separator'],
  ['n'.repeat(64), 'its name is longer than 63 characters'],
  ['con', 'its name is the name of a device on Windows'],
  ['x:nul.txt', 'its version is the name of a device on Windows'],
])('refuses %j with its reason', (text, reason) => {
  expect(() => parseTag(text)).toThrow(
    expect.objectContaining({
      code: 'TAG_INVALID',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('iris_classifier:v1'),
    }),
  )
})

test('keeps latest from being anybody’s version', () => {
  expect(() => parseVersion('Latest')).toThrow(expect.objectContaining({ code: 'TAG_INVALID' }))
  expect(parseVersion('latest1')).toBe('latest1')
  expect(parseName('latest')).toBe('latest')
})

test('reads back whatever it writes', () => {
  const part = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?$/)
  fc.assert(
    fc.property(part, part, (name, version) => {
      fc.pre(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(name))
      fc.pre(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(version))
      const tag = parseTag(`${name}:${version}`)
      expect(parseTag(formatTag(tag))).toEqual(tag)
    }),
  )
})

test('answers a tag of a megabyte at once', () => {
  const started = performance.now()
  expect(() => parseTag('a.'.repeat(500_000))).toThrow('longer than 63')
  expect(performance.now() - started).toBeLessThan(100)
})
