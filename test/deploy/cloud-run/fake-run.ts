import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { problemsOf, readPublished } from '../published/check.ts'

const published = readPublished('run-v2.json')

export interface FakeRun {
  readonly url: string
  readonly services: Map<string, Service>
  /** Requests, as `PATCH /v2/…`. */
  readonly calls: string[]
  /** What Google's description says against requests. */
  readonly problems: string[]
  /** Answers a request in place of the fake. */
  fault: ((call: string) => { status: number; message: string } | undefined) | undefined
  /** What Cloud Logging holds, the oldest first. */
  entries: readonly LogEntry[]
  /** What was asked of it. */
  readonly asked: Json[]
  /** Why the next revision does not get ready. */
  failure: string | undefined
  close(): void
}

type Json = Record<string, unknown>

interface Revision {
  readonly name: string
  readonly isReady: boolean
  readonly shape: Json
}

interface Service {
  readonly id: string
  body: Json
  readonly revisions: Revision[]
  etag: number
}

/** Cloud Run as its description has it: services, revisions and operations, in memory. */
export async function fakeRun(): Promise<FakeRun> {
  const server = createServer()
  const run: FakeRun = {
    url: '',
    services: new Map(),
    calls: [],
    problems: [],
    fault: undefined,
    entries: [],
    asked: [],
    failure: undefined,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  server.on('request', async (request, response) => {
    const { method = '', url = '' } = request
    const sent = await text(request)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is checked against the description
    const body = sent === '' ? undefined : (JSON.parse(sent) as Json)
    if (url === '/v2/entries:list') {
      run.asked.push(body ?? {})
      response.end(JSON.stringify(listEntries(run.entries, body ?? {})))
      return
    }
    run.calls.push(`${method} ${url}`)
    const isAllowed = request.headers.authorization === 'Bearer the-token'
    run.problems.push(...problemsOf({ method, url, body }, published))
    const fault = run.fault?.(`${method} ${url}`)
    const answer = fault ? refuse(fault.status, fault.message) : respond(run, { method, url, body })
    const { status, json } = isAllowed ? answer : refuse(401, 'who are you?')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  return Object.assign(run, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

interface LogEntry {
  readonly insertId: string
  readonly timestamp: string
  readonly textPayload?: string
  readonly jsonPayload?: object
}

/** Those from a time on, in their order or the newest first, page by page. */
function listEntries(entries: readonly LogEntry[], body: Json): Json {
  const { filter, orderBy, pageSize, pageToken } = body
  const from = /timestamp>="([^"]+)"/.exec(String(filter))?.[1] ?? ''
  const found = entries.filter(({ timestamp }) => timestamp >= from)
  const ordered = orderBy === 'timestamp desc' ? found.toReversed() : found
  const start = Number(pageToken ?? 0)
  const end = start + Number(pageSize)
  const next = end < ordered.length ? { nextPageToken: String(end) } : {}
  return { entries: ordered.slice(start, end), ...next }
}

interface Answer {
  readonly status: number
  readonly json: Json
}

function refuse(status: number, message: string): Answer {
  return { status, json: { error: { code: status, message } } }
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly body: Json | undefined
}

function respond(run: FakeRun, asked: Asked): Answer {
  const { pathname, searchParams } = new URL(asked.url, 'http://x')
  const [, , , project, , location, kind, name = '', below] = pathname.split('/')
  const parent = `projects/${project}/locations/${location}`
  if (kind === 'operations') return ok(done(run, `${parent}/operations/${name}`, name))
  if (name === '') return respondToAll(run, parent, { ...asked, id: searchParams.get('serviceId') })
  const service = run.services.get(name)
  if (service === undefined) return refuse(404, `no ${name}`)
  const revisions = service.revisions.map(({ shape }) => shape).toReversed()
  if (below === 'revisions') return ok({ revisions })
  return respondToOne(run, service, { ...asked, name, operation: `${parent}/operations/${name}` })
}

function ok(json: Json): Answer {
  return { status: 200, json }
}

function respondToAll(
  run: FakeRun,
  parent: string,
  { method, id, body = {} }: Asked & { readonly id: string | null },
): Answer {
  if (method === 'POST') return create(run, parent, { id: id ?? '', body })
  return ok({ services: Array.from(run.services.values(), shown) })
}

function respondToOne(
  run: FakeRun,
  service: Service,
  {
    method,
    url,
    body = {},
    name,
    operation,
  }: Asked & Readonly<Record<'name' | 'operation', string>>,
): Answer {
  if (method === 'GET') return ok(shown(service))
  if (method === 'DELETE') {
    run.services.delete(name)
    return ok(finished)
  }
  if (body['etag'] !== String(service.etag)) return refuse(409, 'the etag is old')
  const isTraffic = url.endsWith('updateMask=traffic')
  if (isTraffic) service.body['traffic'] = body['traffic']
  else revise(run, service, { ...service.body, ...body })
  return ok({ name: operation, done: false })
}

const finished = { name: 'projects/p/locations/l/operations/x', done: true }

function create(run: FakeRun, parent: string, { id, body }: { id: string; body: Json }): Answer {
  if (run.services.has(id)) return refuse(409, `${id} is there`)
  const service: Service = { id, body: {}, revisions: [], etag: 0 }
  run.services.set(id, service)
  revise(run, service, { ...body, name: `${parent}/services/${id}` })
  return ok({ name: `${parent}/operations/${id}`, done: false })
}

function revise(run: FakeRun, service: Service, body: Json): void {
  const isNew = JSON.stringify(service.body['template']) !== JSON.stringify(body['template'])
  service.body = body
  service.etag++
  if (!isNew) return
  const { failure } = run
  const number = String(service.revisions.length + 1).padStart(5, '0')
  const name = `${service.id}-${number}-abc`
  const condition = { type: 'Ready', state: 'CONDITION_FAILED', message: failure }
  const shape = {
    ...fieldsOf(body['template']),
    name: `${parentOf(body)}/revisions/${name}`,
    createTime: '2026-11-25T10:00:00Z',
    conditions: failure === undefined ? [] : [condition],
  }
  service.revisions.push({ name, isReady: failure === undefined, shape })
}

function parentOf({ name }: Json): string {
  return typeof name === 'string' ? name : ''
}

function fieldsOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** What Google adds when it shows a service. */
function shown({ body, revisions, etag }: Service): Json {
  const latest = revisions.findLast(({ isReady }) => isReady)?.name
  const traffic = Array.isArray(body['traffic']) ? body['traffic'].map(fieldsOf) : []
  const statuses = traffic.map((one) => Object.assign(one, { revision: one['revision'] ?? latest }))
  return {
    ...body,
    etag: String(etag),
    uri: 'https://iris-abc.a.run.app',
    createTime: '2026-11-25T10:00:00Z',
    latestReadyRevision: `${parentOf(body)}/revisions/${latest}`,
    template: { ...fieldsOf(body['template']), executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2' },
    trafficStatuses: statuses,
  }
}

function done({ services, failure }: FakeRun, name: string, id: string): Json {
  const service = services.get(id)
  const outcome =
    failure === undefined
      ? { response: service && shown(service) }
      : { error: { code: 9, message: failure } }
  return { name, done: true, ...outcome }
}
