import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, expect, test } from '@jest/globals'
import { parseChallenge } from '../../src/registry/challenge.ts'
import { readSmallBlob } from '../../src/registry/pull-blob.ts'
import { blobOf, pushBlob } from '../../src/registry/push-blob.ts'
import { dockerConfig, openTestRegistry } from './docker-registry.ts'

/*
 * What Debian's registry does not do: tokens, redirects, faults. A server of our own says it, on real sockets.
 */
type Answer = (request: IncomingMessage, response: ServerResponse) => void

const closing: (() => void)[] = []

afterAll(() => {
  for (const close of closing) close()
})

async function serve(answer: Answer): Promise<{ host: string; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    if (request.url !== '/v2/') {
      seen.push([request.method, request.url, request.headers.authorization ?? 'nobody'].join(' '))
    }
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { host: `127.0.0.1:${port}`, seen }
}

const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`
const tags = JSON.stringify({ tags: ['v1'] })

test('asks the place that the registry names for a token, once, and shows it the password alone', async () => {
  const tokens = await serve((_, response) => response.end(JSON.stringify({ token: 'abc' })))
  const realm = `Bearer realm="http://${tokens.host}/token?a=b",service="reg, istry"`
  const { host, seen } = await serve((request, response) => {
    if (request.headers.authorization === 'Bearer abc') response.end(tags)
    else response.writeHead(401, { 'www-authenticate': realm }).end()
  })
  const registry = await openTestRegistry(host, {
    env: await dockerConfig(host, ['ann', 'secret']),
  })
  expect(await registry.listTags('app')).toEqual(['v1'])
  expect(await registry.listTags('app')).toEqual(['v1'])
  const path = 'GET /v2/app/tags/list?n=1000'
  expect(seen).toEqual([`${path} nobody`, `${path} Bearer abc`, `${path} Bearer abc`])
  expect(tokens.seen).toEqual([
    `GET /token?a=b&service=reg%2C+istry&scope=repository%3Aapp%3Apull ${basic}`,
  ])
})

test('keeps the password from a host that it is redirected to', async () => {
  const other = await serve((_, response) => response.end('hello'))
  const { host } = await serve((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    } else response.writeHead(307, { location: `http://${other.host}/blob` }).end()
  })
  const registry = await openTestRegistry(host, {
    env: await dockerConfig(host, ['ann', 'secret']),
  })
  const bytes = await readSmallBlob(registry, {
    ...blobOf(Buffer.from('hello')),
    repository: 'app',
  })
  expect(String(bytes)).toBe('hello')
  expect(other.seen).toEqual(['GET /blob nobody'])
})

test('keeps the password from a host that an upload is sent to', async () => {
  const other = await serve((request, response) => {
    request.resume().on('end', () => response.writeHead(201).end())
  })
  const { host } = await serve((request, response) => {
    if (request.method === 'HEAD') response.writeHead(404).end()
    else response.writeHead(202, { location: `http://${other.host}/upload?state=1` }).end()
  })
  const registry = await openTestRegistry(host, {
    env: await dockerConfig(host, ['ann', 'secret']),
  })
  const blob = blobOf(Buffer.from('hello'))
  await pushBlob(registry, blob, { repository: 'app' })
  const digest = encodeURIComponent(blob.digest)
  expect(other.seen).toEqual([`PUT /upload?state=1&digest=${digest} nobody`])
})

test('tries again what may pass', async () => {
  let faults = 0
  const { host } = await serve((_, response) => {
    if (faults++ < 1) response.writeHead(503).end('later')
    else response.end(tags)
  })
  const registry = await openTestRegistry(host)
  expect(await registry.listTags('app')).toEqual(['v1'])
  expect(faults).toBeGreaterThan(1)
})

test('gives up on what does not pass, with the words of the registry', async () => {
  const { host, seen } = await serve((_, response) => {
    response.writeHead(500).end('{"errors":[{"code":"UNKNOWN","message":"the disk is full"}]}')
  })
  const registry = await openTestRegistry(host)
  await expect(registry.listTags('app')).rejects.toMatchObject({
    code: 'REGISTRY_FAILED',
    message: `"${host}" answered 500 to tags of "app": the disk is full`,
  })
  expect(seen).toHaveLength(2)
})

test('takes a blob up where the connection broke', async () => {
  const bytes = Buffer.from('0123456789')
  const { host, seen } = await serve((request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (start === 0) {
      response.writeHead(200, { 'content-length': 10 }).write(bytes.subarray(0, 4), () => {
        // Only when the first part is out: a reset may overtake it.
        setImmediate(() => response.socket?.end())
      })
    } else {
      response.writeHead(206, { 'content-range': `bytes ${start}-9/10` }).end(bytes.subarray(start))
    }
  })
  const registry = await openTestRegistry(host)
  const read = await readSmallBlob(registry, { ...blobOf(bytes), repository: 'app' })
  expect(String(read)).toBe('0123456789')
  expect(seen).toHaveLength(2)
})

test.each([
  ['other bytes', 'HELLO'],
  ['too many', 'hello and more'],
])('refuses a blob of %s', async (_, body) => {
  const { host } = await serve((__, response) => response.end(body))
  const registry = await openTestRegistry(host)
  const blob = { ...blobOf(Buffer.from('hello')), repository: 'app' }
  await expect(readSmallBlob(registry, blob)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
})

test('refuses a manifest that is not what its digest says', async () => {
  const { host } = await serve((_, response) => response.end('{}'))
  const registry = await openTestRegistry(host)
  const digest = `sha256:${'a'.repeat(64)}`
  await expect(registry.findManifest('app', digest)).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  })
})

test('does not follow redirects without end', async () => {
  const { host, seen } = await serve((_, response) =>
    response.writeHead(302, { location: '/again' }).end(),
  )
  const registry = await openTestRegistry(host)
  await expect(registry.listTags('app')).rejects.toMatchObject({ code: 'REGISTRY_FAILED' })
  expect(seen.length).toBeLessThan(10)
})

test('follows the pages of a list, but not to another host', async () => {
  const { host, seen } = await serve((request, response) => {
    const next = request.url?.includes('last')
      ? 'http://other.test/v2/app/tags/list'
      : '/v2/app/tags/list?last=v1'
    response.setHeader('link', `<${next}>; rel="next"`).end(tags)
  })
  const registry = await openTestRegistry(host)
  expect(await registry.listTags('app')).toEqual(['v1', 'v1'])
  expect(seen).toHaveLength(2)
})

test.each([
  ['Basic realm="a"', { scheme: 'basic', parameters: { realm: 'a' } }],
  [
    'Bearer Realm="https://a.b/c?d=e,f" , service=x,scope="a b"',
    { scheme: 'bearer', parameters: { realm: 'https://a.b/c?d=e,f', service: 'x', scope: 'a b' } },
  ],
  ['Bearer realm="a\\"b"', { scheme: 'bearer', parameters: { realm: 'a"b' } }],
  ['Negotiate', { scheme: 'negotiate', parameters: {} }],
  ['', undefined],
])('reads the challenge %s', (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected)
})
