import { constants } from 'node:buffer'
import { expect, test } from '@jest/globals'
import { readText } from '../../../src/service/codec/media-types.ts'

test('refuses a text that is longer than a string can be', () => {
  // Nobody looks at its pages, so that they are never made.
  const body = Buffer.alloc(constants.MAX_STRING_LENGTH + 1)
  expect(() => readText(body)).toThrow(expect.objectContaining({ code: 'BODY_TOO_LARGE' }))
})
