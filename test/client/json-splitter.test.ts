import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JsonSplitter } from '../../src/client/json-splitter.ts'

function split(pieces: readonly string[]): unknown[] {
  const splitter = new JsonSplitter()
  const texts = [...pieces.flatMap((piece) => splitter.take(piece)), ...splitter.rest()]
  return texts.map((text) => JSON.parse(text) as unknown)
}

test.each([
  ['objects without a sign between them', ['{"a":1}{"a":2}'], [{ a: 1 }, { a: 2 }]],
  ['an object that comes in pieces', ['{"a":', '[1', ']}'], [{ a: [1] }]],
  ['brackets and quotes in a text', ['{"a":"}\\""}', '"["'], [{ a: '}"' }, '[']],
  ['numbers, one in each piece', ['1', '22', 'null'], [1, 22, null]],
  ['lines', ['{"a":1}\n{"a":2}\n'], [{ a: 1 }, { a: 2 }]],
  ['an escape that is cut', ['"a\\', '"b"'], ['a"b']],
  ['nothing', [''], []],
])('splits %s', (_what, pieces, values) => {
  expect(split(pieces)).toEqual(values)
})

test('finds the values again wherever they are cut', () => {
  const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 7 }), (values, size) => {
      const text = values.map((one) => JSON.stringify(one)).join('')
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
      expect(split(pieces)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})
