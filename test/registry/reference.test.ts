import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isBentoError } from '../../src/errors.ts'
import { parseReference, renderReference } from '../../src/registry/reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['node', { registry: 'docker.io', repository: 'library/node' }],
  ['node:26-slim', { registry: 'docker.io', repository: 'library/node', tag: '26-slim' }],
  ['acme/iris:v1', { registry: 'docker.io', repository: 'acme/iris', tag: 'v1' }],
  ['index.docker.io/acme/iris', { registry: 'docker.io', repository: 'acme/iris' }],
  ['localhost/iris', { registry: 'localhost', repository: 'iris' }],
  ['localhost:5000/a/b/c:v1', { registry: 'localhost:5000', repository: 'a/b/c', tag: 'v1' }],
  ['[::1]:5000/iris', { registry: '[::1]:5000', repository: 'iris' }],
  ['oci://ghcr.io/acme/iris:v1', { registry: 'ghcr.io', repository: 'acme/iris', tag: 'v1' }],
  [`ghcr.io/a/b:v1@${digest}`, { registry: 'ghcr.io', repository: 'a/b', tag: 'v1', digest }],
])('reads %s', (text, expected) => {
  expect(parseReference(text)).toEqual(expected)
})

test.each([
  [''],
  ['Iris'],
  ['iris:'],
  ['iris:-v1'],
  ['iris:v1:v2'],
  ['iris@sha256:abc'],
  [`iris@${digest}@${digest}`],
  ['ghcr.io/'],
  ['ghcr.io//iris'],
  ['ghcr.io/../iris'],
  ['-host.io/iris'],
  ['ghcr.io:port/iris'],
  ['user:password@ghcr.io/iris'],
  ['iris v1'],
  ['iris\nRUN true'],
  ['$(whoami)'],
])('refuses %j', (text) => {
  expect(() => parseReference(text)).toThrow(
    expect.objectContaining({ code: 'IMAGE_NAME_INVALID' }),
  )
})

test('whatever it takes, it writes back the same, in one word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const reference = parsed(text)
      if (reference === undefined) return
      const written = renderReference(reference)
      expect(written).toMatch(/^[\w.:/@[\]-]+$/)
      expect(parseReference(written)).toEqual(reference)
    }),
  )
})

function parsed(text: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (isBentoError(error)) return undefined
    throw error
  }
}
