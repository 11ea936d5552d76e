import { expect, test } from '@jest/globals'
import { wantsJson } from '../../src/commands/wants-json.ts'

test.each([
  ['get iris -o json', true],
  ['get iris --output json', true],
  ['get iris --output=json', true],
  ['get iris -ojson', true],
  ['-qo json list', true],
  ['get iris -o text -o json', true],
  ['get iris -o json -o yaml', false],
  ['get -o yaml json', false],
  ['get iris --output', false],
  ['get json', false],
  ['get --out json', false],
  ['get iris -- -o json', false],
])('reads "%s" as a wish for JSON: %s', (line, expected) => {
  expect(wantsJson(line.split(' '))).toBe(expected)
})
