import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isDeeperThan } from '../../src/lib/json-depth.ts'

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

test('agrees with the depth of the value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), (value, limit) => {
      expect(isDeeperThan(limit, Buffer.from(JSON.stringify(value)))).toBe(depthOf(value) > limit)
    }),
  )
})

test.each([
  ['[[1]]', false],
  ['[[[1]]]', true],
  ['["[[[[","\\"[[[["]', false],
  ['[{"a":{}}]', true],
  ['[[],[],[],[]]', false],
  ['["unfinished [[[', false],
])('%s is nested deeper than two: %p', (json, expected) => {
  expect(isDeeperThan(2, Buffer.from(json))).toBe(expected)
})
