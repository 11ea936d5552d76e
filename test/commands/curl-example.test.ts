import { expect, test } from '@jest/globals'
import { renderCurl } from '../../src/commands/curl-example.ts'

const url = 'http://127.0.0.1:3000'

function documentOf(paths: Readonly<Record<string, unknown>>): object {
  return { openapi: '3.1.0', paths: { '/livez': { get: {} }, ...paths } }
}

function post(schema: unknown, type = 'application/json'): object {
  return { post: { requestBody: { content: { [type]: { schema } } } } }
}

test('calls the first operation with an example of its input', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  const document = documentOf({ '/double': post(schema), '/other': post({}) })
  expect(renderCurl(document, { url })).toBe(
    `curl ${url}/double -H 'content-type: application/json' -d '{"n":1}'`,
  )
})

test('an operation without input gets an empty body', () => {
  const document = documentOf({ '/greet': { post: {} } })
  expect(renderCurl(document, { url })).toBe(
    `curl ${url}/greet -H 'content-type: application/json' -d '{}'`,
  )
})

test('calls it where it is now, with the key that is needed', () => {
  const document = documentOf({ '/greet': { post: {} } })
  const routes = new Map([['/greet', '/v2/greet']])
  expect(renderCurl(document, { url, routes, key: 'authorization: Bearer KEY' })).toBe(
    `curl ${url}/v2/greet -H 'authorization: Bearer KEY' -H 'content-type: application/json' -d '{}'`,
  )
})

test('nothing in an example can leave its quotes', () => {
  const document = documentOf({ "/it's": post({ const: "'; rm -rf ~; '" }) })
  expect(renderCurl(document, { url })).toBe(
    String.raw`curl 'http://127.0.0.1:3000/it'\''s' -H 'content-type: application/json' -d '"'\''; rm -rf ~; '\''"'`,
  )
})

test.each([
  ['there is no operation', documentOf({})],
  ['the only operation takes another type', documentOf({ '/a': post({}, 'image/png') })],
  ['it would fill the screen', documentOf({ '/a': post({ type: 'array', minItems: 5000 }) })],
  ['there is no document', null],
])('says nothing when %s', (_when, document) => {
  expect(renderCurl(document, { url })).toBeUndefined()
})
