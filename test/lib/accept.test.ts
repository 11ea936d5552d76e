import { expect, test } from '@jest/globals'
import { preferredType } from '../../src/lib/accept.ts'

const offered = ['application/json', 'application/x-npy']

test.each([
  ['*/*', 'application/json'],
  ['application/x-npy', 'application/x-npy'],
  ['application/json;q=0.5, Application/X-NPY', 'application/x-npy'],
  ['application/x-npy;q=0.1, application/*', 'application/json'],
  ['application/json;q=0, */*', 'application/x-npy'],
  ['text/html', undefined],
  ['application/json; q=0', undefined],
  ['application/json;q=nonsense', undefined],
  ['', undefined],
])('finds in %j what is wanted most', (accept, type) => {
  expect(preferredType(accept, offered)).toBe(type)
})
