import { expect, test } from '@jest/globals'
import { growBody } from '../../src/tune/grow-body.ts'

test.each([
  ['{"features":[[1,2]]}', '{"features":[[1,2],[1,2],[1,2]]}'],
  ['[{"a":1},{"a":2}]', '[{"a":1},{"a":2},{"a":1}]'],
  ['{"texts":["a","b","c","d"]}', '{"texts":["a","b","c"]}'],
])('makes three rows of %s', (body, grown) => {
  expect(growBody(body, 3)).toBe(grown)
})

test.each(['{}', '[]', '{"a":[],"b":[]}', '{"a":1}', '{"a":[]}', '"text"', 'null'])(
  'finds no rows in %s',
  (body) => {
    expect(() => growBody(body, 3)).toThrow('The request has no rows')
  },
)
