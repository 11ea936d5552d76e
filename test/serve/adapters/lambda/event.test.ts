import { describe, expect, test } from '@jest/globals'
import { readEvent } from '../../../../src/serve/adapters/lambda/event.ts'

const http = { method: 'POST', sourceIp: '203.0.113.7' }
const version2 = {
  version: '2.0',
  rawPath: '/classify',
  requestContext: { stage: '$default', http },
}
const version1 = {
  httpMethod: 'POST',
  path: '/classify',
  requestContext: { identity: { sourceIp: '203.0.113.7' } },
}
const balancer = { ...version1, requestContext: { elb: { targetGroupArn: 'arn' } } }

describe('an event of payload 2.0', () => {
  test('hands the query on as it came, and cookies as one header', () => {
    const event = { ...version2, rawQueryString: 'a=1%202&a=3', cookies: ['x=1', 'y=2'] }
    expect(readEvent(event)).toMatchObject({
      kind: 'http-api',
      path: '/classify?a=1%202&a=3',
      headers: { cookie: 'x=1; y=2' },
      remote: '203.0.113.7',
    })
  })

  test.each([
    ['/prod/classify', '/classify'],
    ['/prod', '/'],
    ['/production/classify', '/production/classify'],
  ])('takes its stage off %s', (rawPath, path) => {
    const event = { ...version2, rawPath, requestContext: { stage: 'prod', http } }
    expect(readEvent(event).path).toBe(path)
  })
})

describe('an event of payload 1.0', () => {
  test('encodes the query that API Gateway has decoded, with every value', () => {
    const event = {
      ...version1,
      queryStringParameters: { a: '3', b: 'ä &' },
      multiValueQueryStringParameters: { a: ['1', '3'], b: ['ä &'] },
    }
    expect(readEvent(event).path).toBe('/classify?a=1&a=3&b=%C3%A4%20%26')
  })

  test('joins repeated headers, and lowers their names', () => {
    const multiValueHeaders = { 'X-One': ['a', 'b'], Cookie: ['x=1', 'y=2'] }
    const event = { ...version1, headers: { 'X-One': 'b', 'X-Two': 'c' }, multiValueHeaders }
    expect(readEvent(event)).toMatchObject({
      hasLists: true,
      headers: { 'x-one': 'a, b', 'x-two': 'c', cookie: 'x=1; y=2' },
    })
  })

  test('encodes of a path what no request line can hold', () => {
    expect(readEvent({ ...version1, path: '/ä b?c#d%20' }).path).toBe('/%C3%A4%20b%3Fc%23d%20')
  })
})

test("hands a load balancer's query on as it came, and knows the client behind it", () => {
  const event = {
    ...balancer,
    headers: { 'x-forwarded-for': '203.0.113.7, 10.0.0.1' },
    queryStringParameters: { a: '1%202' },
  }
  expect(readEvent(event)).toMatchObject({
    kind: 'load-balancer',
    path: '/classify?a=1%202',
    remote: '203.0.113.7',
  })
})

test('decodes a body that is base64', () => {
  const bytes = Buffer.from([0, 255, 10])
  const event = { ...version2, body: bytes.toString('base64'), isBase64Encoded: true }
  expect(readEvent(event).body).toEqual(bytes)
})

test.each([[undefined], [null], ['text'], [{}], [{ Records: [{ s3: {} }] }], [[1]]])(
  'refuses %j, which is no HTTP request',
  (event) => {
    expect(() => readEvent(event)).toThrow('The event is none of an HTTP request')
  },
)
