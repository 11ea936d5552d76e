import { expect, test } from '@jest/globals'
import { digestFiles, versionOf } from '../../src/store/digest.ts'

const a = { path: 'a', size: 1, sha256: '01' }
const b = { path: 'b', size: 2, sha256: '02' }

test('digests a list of files whatever its order', () => {
  expect(digestFiles([a, b])).toBe(digestFiles([b, a]))
  expect(digestFiles([a, b])).toMatch(/^[0-9a-f]{64}$/)
})

test.each([
  ['a name', [{ ...a, path: 'c' }, b]],
  ['a size', [{ ...a, size: 3 }, b]],
  ['a content', [{ ...a, sha256: '03' }, b]],
  ['a file less', [a]],
  ['a name that looks like two lines', [{ ...a, path: 'a",1,"01"]\n["b' }]],
])('tells apart %s', (_name, files) => {
  expect(digestFiles(files)).not.toBe(digestFiles([a, b]))
})

// RFC 4648 §10, padded with zeros to the ten bytes of a version.
test.each([
  ['666f6f6261720000000000', 'mzxw6ytboiaaaaaa'],
  ['00000000000000000000ff', 'aaaaaaaaaaaaaaaa'],
  ['ffffffffffffffffffff00', '7777777777777777'],
])('writes the first 80 bits of %s in base32', (digest, version) => {
  expect(versionOf(digest)).toBe(version)
})
