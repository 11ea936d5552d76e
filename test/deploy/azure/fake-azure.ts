import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { problemsOf, readPublished } from '../published/check.ts'
import { type App, type Json, patched, revised, shownApp, shownRevision } from './fake-app.ts'

const published = readPublished('microsoft-app.json')
const group = '/subscriptions/s/resourceGroups/g/providers/Microsoft.App'

export interface FakeAzure {
  readonly url: string
  readonly apps: Map<string, App>
  /** Requests, as `PATCH /subscriptions/…`. */
  readonly calls: string[]
  /** What Microsoft's description says against requests. */
  readonly problems: string[]
  /** Answers a request in place of the fake. */
  fault: ((call: string) => { status: number; message: string } | undefined) | undefined
  /** Why the next revision does not run. */
  failure: string | undefined
  /** What was asked of the servers that give out tokens. */
  readonly asked: { readonly url: string; readonly form: string; readonly headers: Json }[]
  close(): void
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly body: Json | undefined
}

interface Answer {
  readonly status: number
  readonly json?: Json
  readonly text?: string
  /** More comes after the text, until whoever asked leaves. */
  readonly isOpen?: boolean
}

/** Azure's resource manager as its description has it, and the servers beside it: all in memory. */
export async function fakeAzure(): Promise<FakeAzure> {
  const server = createServer()
  const azure: FakeAzure = {
    url: '',
    apps: new Map(),
    calls: [],
    problems: [],
    fault: undefined,
    failure: undefined,
    asked: [],
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  server.on('request', async (request, response) => {
    const { method = '', url = '', headers } = request
    const sent = await text(request)
    const answer = url.includes('/subscriptions/')
      ? manage(azure, { method, url, body: parse(sent) }, headers.authorization)
      : beside(azure, { url, form: sent, headers })
    const { status, json } = answer
    response.writeHead(status, { 'content-type': 'application/json' })
    const written = answer.text ?? JSON.stringify(json ?? {})
    if (answer.isOpen === true) response.write(written)
    else response.end(written)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  return Object.assign(azure, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

function parse(sent: string): Json | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is checked against the description
  return sent === '' ? undefined : (JSON.parse(sent) as Json)
}

/** Tokens and logs. */
function beside(azure: FakeAzure, asked: FakeAzure['asked'][number]): Answer {
  azure.asked.push(asked)
  if (asked.url.startsWith('/log')) {
    const isOpen = asked.url.includes('follow=true')
    return { status: 200, text: 'one\ntwo\n', isOpen }
  }
  if (asked.form.includes('wrong')) {
    return {
      status: 401,
      json: { error_description: 'AADSTS7000215: Invalid client secret.\nTrace' },
    }
  }
  return { status: 200, json: { access_token: 'the-token', expires_in: 3600 } }
}

function manage(azure: FakeAzure, asked: Asked, authorization: string | undefined): Answer {
  const call = `${asked.method} ${asked.url}`
  azure.calls.push(call)
  azure.problems.push(...problemsOf(asked, published))
  if (authorization !== 'Bearer the-token') return refuse(401, 'who are you?')
  const { searchParams } = new URL(asked.url, 'http://x')
  if (searchParams.get('api-version') !== '2025-01-01') return refuse(400, 'no api-version')
  const fault = azure.fault?.(call)
  return fault === undefined ? respond(azure, asked) : refuse(fault.status, fault.message)
}

function refuse(status: number, message: string): Answer {
  return { status, json: { error: { code: 'Refused', message } } }
}

function ok(json: Json = {}): Answer {
  return { status: 200, json }
}

function respond(azure: FakeAzure, asked: Asked): Answer {
  const path = new URL(asked.url, 'http://x').pathname.replace(group, '').slice(1)
  const [kind, name = '', ...below] = path.split('/')
  if (kind === 'managedEnvironments') {
    return ok({ id: `${group}/managedEnvironments/${name}`, location: 'westeurope' })
  }
  if (name === '') return ok({ value: Array.from(azure.apps.values(), shownApp) })
  const app = azure.apps.get(name)
  if (asked.method === 'PUT') return put(azure, name, asked.body ?? {})
  if (app === undefined) return refuse(404, `no ${name}`)
  if (below.length > 0) return respondBelow(azure, app, below)
  return respondToOne(azure, app, asked)
}

function put(azure: FakeAzure, name: string, body: Json): Answer {
  const app: App = azure.apps.get(name) ?? { name, body: {}, revisions: [], isChanging: false }
  const problem = revised(app, body, azure.failure)
  if (problem !== undefined) return refuse(400, problem)
  azure.apps.set(name, app)
  return { status: 201, json: shownApp(app) }
}

function respondToOne(azure: FakeAzure, app: App, { method, body = {} }: Asked): Answer {
  if (method === 'DELETE') {
    azure.apps.delete(app.name)
    return { status: 202 }
  }
  if (method === 'PATCH') {
    const problem = patched(app, body)
    return problem === undefined ? { status: 202, json: shownApp(app) } : refuse(400, problem)
  }
  const shown = shownApp(app)
  app.isChanging = false
  return ok(shown)
}

function respondBelow({ url }: FakeAzure, app: App, [kind, id, verb]: readonly string[]): Answer {
  if (kind === 'getAuthtoken') return ok({ properties: { token: 'log-token' } })
  if (id === undefined) return ok({ value: app.revisions.map((one) => shownRevision(app, one)) })
  const revision = app.revisions.find((one) => one.name === id)
  if (revision === undefined) return refuse(404, `no ${id}`)
  if (verb === 'replicas') return ok({ value: revision.isActive ? [replicaOf(url, revision)] : [] })
  const isUsed = shownRevision(app, revision).weight > 0
  if (verb === 'deactivate' && isUsed) return refuse(400, `${id} has traffic`)
  revision.isActive = verb === 'activate'
  revision.isStarting = revision.isActive
  return ok()
}

function replicaOf(url: string, { name, failure }: App['revisions'][number]): Json {
  const state =
    failure === undefined
      ? { runningState: 'Running' }
      : { runningState: 'Waiting', runningStateDetails: 'CrashLoopBackOff' }
  const container = { name: 'bento', logStreamEndpoint: `${url}/log/${name}`, ...state }
  return { name: `${name}-x`, properties: { containers: [container] } }
}
