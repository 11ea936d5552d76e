import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { KubernetesApi } from '../../../src/deploy/kubernetes/api.ts'
import { findAccess } from '../../../src/deploy/kubernetes/kubeconfig.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has no other address
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

interface Written {
  readonly server: string
  readonly user?: object
  readonly cluster?: object
  readonly name?: string
}

async function kubeconfig({
  server,
  user = {},
  cluster = {},
  name = 'test',
}: Written): Promise<string> {
  const file = join(await temporaryFolder(), 'config')
  const config = {
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'models' } }],
    clusters: [{ name, cluster: { server, ...cluster } }],
    users: [{ name, user }],
  }
  await writeFile(file, JSON.stringify(config))
  return file
}

async function apiOf(file: string, context?: string): Promise<KubernetesApi> {
  const env = { ...process.env, KUBECONFIG: file }
  const access = await findAccess({ env, ...(context === undefined ? {} : { context }) })
  return new KubernetesApi(access, { retryDelayMs: 1 })
}

test('tries again what fails in passing, and no more often than is good', async () => {
  const statuses = [503, 429, 200]
  const server = await serve((_, response) =>
    answerJson(response, statuses.shift() ?? 500, { a: 1 }),
  )
  const api = await apiOf(await kubeconfig({ server }))
  expect(await api.call('/x')).toEqual({ status: 200, body: { a: 1 } })
  expect(await api.call('/x')).toMatchObject({ status: 500 })
  api.close()
})

test('does not repeat what may have been done already', async () => {
  let calls = 0
  const server = await serve((request) => {
    calls += 1
    request.socket.destroy()
  })
  const api = await apiOf(await kubeconfig({ server }))
  const failed = api.call('/x', { method: 'POST', body: {} })
  await expect(failed).rejects.toMatchObject({ code: 'DEPLOY_UNREACHABLE' })
  expect(calls).toBe(1)
  await expect(api.call('/x')).rejects.toMatchObject({ code: 'DEPLOY_UNREACHABLE' })
  expect(calls).toBe(5)
  api.close()
})

test('names the cluster that does not answer', async () => {
  const api = await apiOf(await kubeconfig({ server: 'http://127.0.0.1:9', name: 'prod' }))
  await expect(api.call('/x')).rejects.toMatchObject({
    code: 'DEPLOY_UNREACHABLE',
    message: expect.stringContaining('The cluster "prod" at 127.0.0.1:9 does not answer'),
  })
})

test.each([
  ['a token', { token: 'abc' }, 'Bearer abc'],
  ['a name and a password', { username: 'ann', password: 'x' }, 'Basic YW5uOng='],
])('logs in by %s', async (_, user, expected) => {
  const server = await serve((request, response) =>
    answerJson(response, 200, request.headers.authorization ?? null),
  )
  const api = await apiOf(await kubeconfig({ server, user }))
  expect((await api.call('/x')).body).toBe(expected)
  api.close()
})

async function plugin(source: string): Promise<string> {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'bin'))
  const file = join(folder, 'bin', 'login')
  await writeFile(file, `#!${process.execPath}\n${source}\n`)
  await chmod(file, 0o755)
  return file
}

test('asks the exec plugin, and again when its token is refused', async () => {
  const tokens: string[] = []
  const server = await serve((request, response) => {
    tokens.push(request.headers.authorization ?? '')
    answerJson(response, tokens.length === 1 ? 401 : 200, {})
  })
  const command = await plugin(`
    const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO)
    const token = [process.argv[2], process.env.EXTRA, info.kind, process.pid].join('-')
    console.log(JSON.stringify({ status: { token } }))
  `)
  const exec = { command, args: ['get'], env: [{ name: 'EXTRA', value: 'x' }] }
  const api = await apiOf(await kubeconfig({ server, user: { exec } }))
  expect(await api.call('/x')).toMatchObject({ status: 200 })
  expect(tokens[0]).toMatch(/^Bearer get-x-ExecCredential-\d+$/)
  expect(tokens[1]).not.toBe(tokens[0])
  api.close()
})

test.each([
  ['fails', 'console.error("log in first"); process.exit(3)', /it ended with 3: log in first/],
  ['prints nonsense', 'console.log("hello")', /it printed no JSON/],
  ['gives nothing', 'console.log("{}")', /it gave no credentials/],
])('says so when the exec plugin %s', async (_, source, message) => {
  const exec = { command: await plugin(source) }
  const api = await apiOf(await kubeconfig({ server: 'http://127.0.0.1:9', user: { exec } }))
  await expect(api.call('/x')).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: expect.stringMatching(message),
  })
})

test('hands on how to install a plugin that is not there', async () => {
  const exec = { command: 'no-such-login', installHint: 'Install it from the shop.' }
  const api = await apiOf(await kubeconfig({ server: 'http://127.0.0.1:9', user: { exec } }))
  await expect(api.call('/x')).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    hint: 'Install it from the shop.',
  })
})

test('reads several kubeconfigs as one, the first winning', async () => {
  const first = await kubeconfig({ server: 'http://127.0.0.1:1', name: 'first' })
  const second = await kubeconfig({ server: 'http://127.0.0.1:2', name: 'second' })
  const env = { KUBECONFIG: `/nowhere:${first}:${second}` }
  expect(await findAccess({ env })).toMatchObject({ name: 'first', namespace: 'models' })
  const other = await findAccess({ env, context: 'second' })
  expect(other.server.href).toBe('http://127.0.0.1:2/')
  await expect(findAccess({ env, context: 'third' })).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    hint: 'Use one of: first, second.',
  })
})

test.each([
  ['no kubeconfig', { KUBECONFIG: '/nowhere/config' }],
  ['a pod without an account', { KUBECONFIG: '/nowhere', KUBERNETES_SERVICE_HOST: '10.0.0.1' }],
])('says what is missing with %s', async (_, env) => {
  await expect(findAccess({ env })).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' })
})

test('says that a file which the kubeconfig names is not there', async () => {
  const user = { 'client-certificate': 'gone.crt' }
  const api = await apiOf(await kubeconfig({ server: 'http://127.0.0.1:9', user }))
  await expect(api.call('/x')).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' })
})
