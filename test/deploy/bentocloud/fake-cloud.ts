import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { problemsOf, readPublished } from '../published/check.ts'

type Json = Record<string, unknown>

const published = readPublished('bentocloud.json')

export interface FakeCloud {
  readonly url: string
  /** Requests, as `PUT /api/v2/deployments/iris`. */
  readonly calls: string[]
  /** What BentoML's client would not send. */
  readonly problems: string[]
  readonly deployments: Map<string, Deployment>
  readonly bentos: Map<string, Bento>
  readonly secrets: Map<string, Json>
  /** What becomes of the next deployment. */
  outcome: string
  strategy: 'proxy' | 'presigned_url'
  /** Takes what is no plain request. */
  readonly onUpgrade: (listener: (...args: Upgrade) => void) => void
  close(): void
}

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer]

interface Bento {
  readonly body: Json
  upload_status: string
  content: Buffer
}

interface Deployment {
  readonly name: string
  config: Json
  status: string
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly body: Json | undefined
  readonly bytes: Buffer
}

type Answer = Json | 404 | 401

/** BentoCloud as BentoML's own client knows it, in memory. */
export async function fakeCloud(): Promise<FakeCloud> {
  const server = createServer()
  const cloud: FakeCloud = {
    url: '',
    calls: [],
    problems: [],
    deployments: new Map(),
    bentos: new Map(),
    secrets: new Map(),
    outcome: 'running',
    strategy: 'presigned_url',
    onUpgrade: (listener) => void server.on('upgrade', listener),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  server.on('request', async (request, response) => {
    const { method = '', url = '', headers } = request
    const bytes = await buffer(request)
    const isJson = headers['content-type'] === 'application/json'
    const asked = { method, url, body: isJson ? parse(bytes) : undefined, bytes }
    const isStore = url.startsWith('/store/')
    cloud.calls.push(`${method} ${url}`)
    if (!isStore) cloud.problems.push(...problemsOf(asked, published))
    const isKnown = isStore || headers['x-yatai-api-token'] === 'the-token'
    const answer = isKnown ? respond(cloud, asked) : 401
    const isRefused = typeof answer === 'number'
    response.writeHead(isRefused ? answer : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isRefused ? { error: 'no such thing' } : answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  return Object.assign(cloud, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

function parse(bytes: Buffer): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is checked against the description
  return JSON.parse(bytes.toString()) as Json
}

function respond(cloud: FakeCloud, asked: Asked): Answer {
  const { pathname } = new URL(asked.url, 'http://x')
  const [, , , kind = '', name = '', ...below] = pathname.split('/')
  if (pathname === '/api/v1/auth/current') return { name: 'ada', email: 'ada@example.com' }
  if (pathname === '/api/v1/current_org') return { name: 'acme' }
  if (pathname.startsWith('/store/')) return store(cloud, pathname, asked.bytes)
  if (kind === 'bento_repositories') return respondToBentos(cloud, [name, ...below], asked)
  if (kind === 'org_secrets') return respondToSecrets(cloud, name, asked)
  return respondToDeployments(cloud, [name, ...below], asked)
}

function store({ bentos }: FakeCloud, path: string, bytes: Buffer): Answer {
  const bento = bentos.get(path.slice('/store/'.length))
  if (bento === undefined) return 404
  bento.content = bytes
  return {}
}

function respondToBentos(
  cloud: FakeCloud,
  [name = '', , version, verb]: readonly string[],
  asked: Asked,
): Answer {
  const { method, body = {} } = asked
  if (name === '') return { name: body['name'] }
  if (version !== undefined) return respondToBento(cloud, `${name}:${version}`, { ...asked, verb })
  if (method === 'GET') return cloud.bentos.size === 0 ? 404 : { name }
  const key = `${name}:${String(body['version'])}`
  cloud.bentos.set(key, { body, upload_status: 'pending', content: Buffer.alloc(0) })
  return {}
}

function respondToBento(
  { bentos, strategy, url }: FakeCloud,
  key: string,
  { verb, body, bytes }: Asked & { readonly verb: string | undefined },
): Answer {
  const bento = bentos.get(key)
  if (bento === undefined) return 404
  if (verb === 'finish_upload') bento.upload_status = String(body?.['status'])
  if (verb === 'upload') bento.content = bytes
  return {
    upload_status: bento.upload_status,
    transmission_strategy: strategy,
    presigned_upload_url: `${url}/store/${key}`,
  }
}

function respondToSecrets({ secrets }: FakeCloud, name: string, { method, body }: Asked): Answer {
  if (method === 'POST') secrets.set(String(body?.['name']), body ?? {})
  if (name !== '' && !secrets.has(name)) return 404
  if (method === 'PATCH') secrets.set(name, { ...secrets.get(name), ...body })
  if (method === 'DELETE') secrets.delete(name)
  const items = [...secrets.values()]
  return { start: 0, count: items.length, total: items.length, items }
}

function respondToDeployments(
  cloud: FakeCloud,
  [name = '', verb]: readonly string[],
  { method, body = {} }: Asked,
): Answer {
  const { deployments } = cloud
  if (name !== '') {
    const found = deployments.get(name)
    return found === undefined ? 404 : respondToOne(cloud, found, { method, body, verb })
  }
  if (method === 'POST') {
    const made = { name: String(body['name']), config: body, status: 'image-building' }
    deployments.set(made.name, made)
    return shown(made)
  }
  const items = Array.from(deployments.values(), shown)
  return { start: 0, count: items.length, total: items.length, items }
}

interface Change {
  readonly method: string
  readonly body: Json
  readonly verb: string | undefined
}

function respondToOne(
  { deployments, outcome }: FakeCloud,
  found: Deployment,
  { method, body, verb }: Change,
): Answer {
  const answer = shown(found)
  if (method === 'PUT') Object.assign(found, { config: body, status: 'deploying' })
  else if (method === 'DELETE') deployments.delete(found.name)
  else if (verb === 'terminate') found.status = 'terminating'
  else found.status = found.status === 'terminating' ? 'terminated' : outcome
  return answer
}

function shown({ name, config, status }: Deployment): Json {
  const { bento, name: _name, labels, ...rest } = config
  const [repository, version] = String(bento).split(':')
  const target = { config: rest, bento: { repository: { name: repository }, version } }
  return {
    name,
    status,
    labels,
    cluster: { name: 'near', organization_name: 'acme' },
    created_at: '2026-11-25T10:00:00Z',
    latest_revision: { targets: [target] },
    urls: [`https://${name}.example.com`],
  }
}
