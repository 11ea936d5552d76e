import { expect, test } from '@jest/globals'
import {
  count,
  either,
  flag,
  list,
  literal,
  nullable,
  object,
  record,
  text,
} from '../../src/lib/shape.ts'
import type { ShapeReader } from '../../src/lib/shape.ts'

const person = object({ name: text, tags: list(text), age: nullable(count) })

test('keeps the known fields in their order and drops others', () => {
  const read = person({ age: null, extra: 1, tags: ['a'], name: 'Ann' }, '')
  expect(Object.entries(read)).toEqual([
    ['name', 'Ann'],
    ['tags', ['a']],
    ['age', null],
  ])
})

test('sorts the keys of records', () => {
  expect(Object.keys(record(count)({ b: 1, a: 2, A: 3 }, ''))).toEqual(['A', 'a', 'b'])
})

test.each<[string, ShapeReader<unknown>, unknown, string]>([
  ['a missing field', person, { tags: [], age: 1 }, 'name: expected a string, got nothing'],
  [
    'an inherited field',
    object({ toString: text }),
    {},
    'toString: expected a string, got nothing',
  ],
  ['an item', person, { name: '', tags: ['a', 1], age: 1 }, 'tags.1: expected a string, got 1'],
  ['a fraction', count, 1.5, 'the document: expected a whole number from 0 up, got 1.5'],
  ['a negative count', count, -1, 'the document: expected a whole number from 0 up, got -1'],
  ['a list for a map', record(text), [], 'the document: expected a map, got a list'],
  ['a map for a list', list(text), {}, 'the document: expected a list, got a map'],
  ['null for a map', person, null, 'the document: expected a map, got null'],
  ['another word', literal('a', 'b'), 'c', 'the document: expected "a" or "b", got "c"'],
  [
    'neither of two',
    either(flag, count),
    'x',
    'the document: expected a whole number from 0 up, got "x"',
  ],
  [
    'a long text',
    flag,
    'x'.repeat(100),
    `the document: expected true or false, got "${'x'.repeat(59)}…`,
  ],
])('names the place and the problem of %s', (...row) => {
  const [, reader, value, message] = row
  expect(() => reader(value, '')).toThrow(message)
})
