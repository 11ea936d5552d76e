import { expect, test } from '@jest/globals'
import { isRemote, parseLocation } from '../../src/remote/location.ts'

test.each([
  ['oci://ghcr.io/acme/iris', { scheme: 'oci', place: 'ghcr.io/acme/iris', version: undefined }],
  ['oci://localhost:5000/iris:v1', { scheme: 'oci', place: 'localhost:5000/iris', version: 'v1' }],
  [
    'oci://localhost:5000/iris',
    { scheme: 'oci', place: 'localhost:5000/iris', version: undefined },
  ],
  ['file:///srv/bentos/iris:v1', { scheme: 'file', place: '/srv/bentos/iris', version: 'v1' }],
  ['file:///C:/bentos/iris', { scheme: 'file', place: '/C:/bentos/iris', version: undefined }],
  ['file://bentos/iris', { scheme: 'file', place: 'bentos/iris', version: undefined }],
  ['s3://bucket/iris:V_1.0-a', { scheme: 's3', place: 'bucket/iris', version: 'V_1.0-a' }],
])('reads %s', (text, location) => {
  expect(parseLocation(text)).toEqual(location)
  expect(isRemote(text)).toBe(true)
})

test.each([
  ['http://host/iris', 'does not begin with oci://, file:// or s3://'],
  ['iris.bento', 'does not begin with'],
  ['oci://', 'does not begin with'],
  ['s3://bucket/iris:a b', 'has the version "a b", which is none'],
  ['s3://bucket/iris:', 'has the version "", which is none'],
])('refuses %s', (text, problem) => {
  expect(() => parseLocation(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(problem) }),
  )
})

test('a path is no remote', () => {
  expect(['iris.bento', './x', 'C:\\x', '/srv/x'].map(isRemote)).toEqual([
    false,
    false,
    false,
    false,
  ])
})
