import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { answers } from './cases/answers.ts'
import type { Asked, Expected } from './cases/case.ts'
import { files } from './cases/files.ts'
import { inputs } from './cases/inputs.ts'
import { protocol } from './cases/protocol.ts'
import { mainTwin } from './main-twin.ts'
import { type Served, serveTwin } from './served.ts'

/*
 * The conformance cases of the reference against a served bento. Cases on tasks (44 to 47, a part of 53) and on
 * `depends` wait for those; 52 and 53 are BentoML's own clients, in test/interop; 32, 48, 49, 50, 54 and 55 have a twin
 * of their own, in limits.test.ts, and 51 in health.test.ts.
 */
const cases = [...protocol, ...inputs, ...files, ...answers]

let served: Served

beforeAll(async () => {
  served = await serveTwin(mainTwin)
}, 30_000)

afterAll(() => served.server.interrupt())

function ask({ method = 'POST', path, headers = {}, body }: Asked): Promise<Response> {
  return fetch(served.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  })
}

test.each(cases)('case $id: $what', async ({ asked, expected }) => {
  const answer = await readAnswer(await ask(asked), expected.headers)
  expect(answer).toMatchObject({ ...expected, headers: textsOf(expected.headers) })
})

type Headers = Expected['headers']

interface Answer {
  readonly status: number
  readonly text: string
  readonly json: unknown
  readonly bytes: string
  readonly headers: Readonly<Record<string, string | null>>
}

/** With those headers that are looked at; what fits a pattern is shown as the pattern. */
async function readAnswer(response: Response, looked: Headers = {}): Promise<Answer> {
  const { status } = response
  const bytes = Buffer.from(await response.arrayBuffer())
  const text = bytes.toString()
  const headers: Record<string, string | null> = {}
  for (const [name, wanted] of Object.entries(looked)) {
    const value = response.headers.get(name)
    const fits = wanted instanceof RegExp && wanted.test(value ?? '')
    headers[name] = fits ? wanted.source : value
  }
  const isJson = response.headers.get('content-type') === 'application/json'
  const json = isJson ? (JSON.parse(text) as unknown) : undefined
  return { status, text, json, bytes: bytes.toString('hex'), headers }
}

function textsOf(wanted: Headers = {}): Record<string, string | null> {
  const pairs = Object.entries(wanted).map(([name, value]) => {
    return [name, value instanceof RegExp ? value.source : value] as const
  })
  return Object.fromEntries(pairs)
}

test('case 6: the schema lists routes by name, with all that a client needs', async () => {
  const schema: unknown = await (await ask({ method: 'GET', path: '/schema.json' })).json()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because /schema.json has this shape
  const { routes } = schema as { routes: Record<string, unknown>[] }
  const names = routes.map(({ name }) => String(name))
  expect(names).toEqual(names.toSorted())
  for (const route of routes) {
    const keys = ['name', 'route', 'batchable', 'input', 'output', 'is_task']
    expect(Object.keys(route)).toEqual(keys)
  }
  expect(routes.find(({ name }) => name === 'customroute')).toMatchObject({ route: '/v1/custom' })
})

test.each([
  ['stream', ['chunk0\n', 'chunk1\n', 'chunk2\n']],
  ['stream_sync', ['{"i":0}', '{"i":1}', '{"i":2}']],
])('case 34: %s sends one chunk for each item, without frames', async (name, items) => {
  const raw = await askRaw(`/${name}`)
  expect(raw).toMatch(/^HTTP\/1\.1 200 [^]*content-type: text\/event-stream; charset=utf-8/i)
  const chunks = items.map((item) => `${item.length.toString(16)}\r\n${item}\r\n`)
  expect(raw.slice(raw.indexOf('\r\n\r\n') + 4)).toBe(`${chunks.join('')}0\r\n\r\n`)
})

// BentoML ends such a body as if it were whole; here a client sees that it is not.
test('case 35: a stream that fails after its first item is cut off', async () => {
  const raw = await askRaw('/stream_err_late')
  expect(raw).toMatch(/^HTTP\/1\.1 200 /)
  expect(raw.slice(raw.indexOf('\r\n\r\n') + 4)).toBe('1\r\nx\r\n')
})

/** All that comes back on a connection until it ends, or until a body is over. */
async function askRaw(path: string): Promise<string> {
  const { port } = new URL(served.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`)
  let heard = ''
  for await (const chunk of socket) {
    heard += String(chunk)
    if (heard.endsWith('\r\n0\r\n\r\n')) break
  }
  return heard
}

// BentoML looks at no length: of a batch that answers too few rows, callers get each other's.
test('case 42: each caller of a batch gets its own rows in their order', async () => {
  const callers = Array.from({ length: 60 }, (_, caller) =>
    Array.from({ length: caller % 20 }, (__, row) => [caller, row]),
  )
  const sums = await Promise.all(
    callers.map(async (features) => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ features })
      return (await ask({ path: '/classify', headers, body })).json()
    }),
  )
  expect(sums).toEqual(callers.map((rows) => rows.map(([caller = 0, row = 0]) => caller + row)))
})

test('each case has its number, and says why it differs', () => {
  const ids = new Set(cases.map(({ id }) => id))
  // What needs more than one request and its answer has a test of its own.
  const elsewhere = new Set([6, 32, 34, 42])
  const all = Array.from({ length: 43 }, (_, at) => at + 1).filter((id) => !elsewhere.has(id))
  expect([...ids].toSorted((a, b) => a - b)).toEqual(all)
})
