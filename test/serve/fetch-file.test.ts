import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createFileFetcher, type FileFetcherOptions } from '../../src/serve/fetch-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { answerOf, appOf, call } from './app-of.ts'
import { Files } from './http/file-service.ts'

let server: Server
let port = 0
const asked: (string | undefined)[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers.host)
    const { url = '' } = request
    if (url === '/slow') return
    const location = url.startsWith('/to/') ? decodeURIComponent(url.slice(4)) : undefined
    if (location !== undefined) response.writeHead(302, { location })
    else if (url === '/missing') response.writeHead(404)
    else response.writeHead(200, { 'content-type': 'Text/CSV; charset=utf-8' })
    response.end(url === '/large' ? Buffer.alloc(2_000_000) : 'a,b')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Names that the resolver knows: `public` leads to the server here, as if it were of the internet. */
const names: Readonly<Record<string, readonly string[]>> = {
  public: ['127.0.0.1'],
  private: ['10.0.0.1'],
  both: ['127.0.0.1', '10.0.0.1'],
  nowhere: [],
}

async function fetchFrom(url: string, options: Partial<FileFetcherOptions> = {}): Promise<unknown> {
  const fetchFile = createFileFetcher({
    maxBytes: 1_500_000,
    timeoutMs: 2000,
    resolve: async (host) => names[host] ?? [],
    isAllowed: (address) => address === '127.0.0.1',
    ...options,
  })
  const file = await fetchFile(url, { tempDir: await temporaryFolder() })
  return [file.name, file.type, await file.text()]
}

test('fetches a file, by the name that was asked for, from the address that was looked at', async () => {
  await expect(fetchFrom(`http://public:${port}/x/a.csv?b=1`)).resolves.toEqual([
    'a.csv',
    'text/csv',
    'a,b',
  ])
  expect(asked.at(-1)).toBe(`public:${port}`)
})

test('follows a redirect', async () => {
  const target = encodeURIComponent(`http://public:${port}/b.csv`)
  await expect(fetchFrom(`http://public:${port}/to/${target}`)).resolves.toEqual([
    'b.csv',
    'text/csv',
    'a,b',
  ])
})

test.each([
  ['a private address', () => 'http://private/'],
  ['a name of which one address is private', () => `http://both:${port}/`],
  ['a name that leads nowhere', () => 'http://nowhere/'],
  ['a redirect inside', () => `http://public:${port}/to/${encodeURIComponent('http://private/')}`],
  [
    'a redirect to a file',
    () => `http://public:${port}/to/${encodeURIComponent('file:///etc/passwd')}`,
  ],
  [
    'redirects without end',
    () => `http://public:${port}/to/${encodeURIComponent('/to/%2Fto%2F%252Fto%252F%25252Fa')}`,
  ],
  ['what is missing', () => `http://public:${port}/missing`],
  ['what is too large', () => `http://public:${port}/large`],
  ['what is no URL', () => 'http://'],
])('refuses %s with the same words', async (_what, url) => {
  await expect(fetchFrom(url())).rejects.toMatchObject({
    code: 'BODY_INVALID',
    message: 'The URL of a file cannot be fetched',
  })
})

test('refuses what takes too long', async () => {
  await expect(fetchFrom(`http://public:${port}/slow`, { timeoutMs: 100 })).rejects.toMatchObject({
    code: 'BODY_INVALID',
  })
})

test.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0'])(
  'never asks this machine, however it is written: %s',
  async (host) => {
    const before = asked.length
    const fetchFile = createFileFetcher({ maxBytes: 1000, timeoutMs: 2000 })
    await expect(fetchFile(`http://${host}:${port}/`, { tempDir: '' })).rejects.toMatchObject({
      code: 'BODY_INVALID',
    })
    expect(asked).toHaveLength(before)
  },
)

test('a name that changes between looks is looked up once', async () => {
  let looks = 0
  const resolve = async (): Promise<string[]> => (looks++ === 0 ? ['127.0.0.1'] : ['10.0.0.1'])
  await expect(fetchFrom(`http://rebinding:${port}/a.csv`, { resolve })).resolves.toHaveLength(3)
  expect(looks).toBe(1)
})

test('a service fetches nothing unless it is told to, and then nothing inside', async () => {
  const body = JSON.stringify({ f: `http://127.0.0.1:${port}/a.csv` })
  const before = asked.length
  const off = await appOf(Files)
  await expect(answerOf(call(off, '/describe', { body }))).resolves.toMatchObject([
    400,
    { detail: [{ type: 'path_type' }] },
  ])
  await off.close()
  const on = await appOf(Files, { env: { BENTO_CONFIG_OVERRIDES: '{"http":{"urlInputs":true}}' } })
  await expect(answerOf(call(on, '/describe', { body }))).resolves.toEqual([
    400,
    { error: 'The URL of a file cannot be fetched', code: 'BODY_INVALID' },
  ])
  await on.close()
  expect(asked).toHaveLength(before)
})
