import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Place } from '../../src/doctor/check.ts'
import { judge } from '../../src/doctor/checks/disk.ts'
import { examine, type Examined } from '../../src/doctor/examine.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { bentoManifest } from '../store/manifests.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function findings(check: string, change: Partial<Place> = {}): Promise<Examined[]> {
  const cwd = await temporaryFolder()
  const home = join(cwd, 'home')
  const place: Place = {
    cwd,
    home,
    env: { HOME: cwd, DOCKER_CONFIG: cwd },
    models: openModelStore(home),
    isContainer: false,
    subject: { kind: 'machine' },
    ...change,
  }
  const found = await examine(place)
  return found.filter((one) => one.check === check)
}

test('is content with a machine that has nothing but Node', async () => {
  const all = await findings('service')
  expect(all).toEqual([
    expect.objectContaining({
      severity: 'ok',
      message: expect.stringContaining('No project here'),
    }),
  ])
})

test('plans the threads of this machine', async () => {
  expect(await findings('cpu')).toMatchObject([
    { severity: 'ok', message: expect.stringMatching(/^1 worker × 1 runner thread × /) },
  ])
})

test.each([
  ['ok', 2 ** 31],
  ['warning', 2 ** 29],
  ['error', 2 ** 20],
])('of free disk space it finds %s', (severity, free) => {
  expect(judge(free, '/home')).toMatchObject({ severity })
})

test('finds a port that is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const [found] = await findings('port', { env: { BENTO_PORT: port } })
  taken.close()
  expect(found).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('EADDRINUSE'),
  })
})

test('finds no engine where DOCKER_HOST names none', async () => {
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
  const [outside] = await findings('docker', { env })
  const [inside] = await findings('docker', { env, isContainer: true })
  expect([outside?.severity, inside?.severity]).toEqual(['warning', 'note'])
  expect(outside?.remedy).toContain('--backend oci')
})

test('names the registries that have a login, and those whose helper is gone', async () => {
  const folder = await temporaryFolder()
  const auth = Buffer.from('ann:secret').toString('base64')
  const config = {
    auths: { 'registry.example.com': { auth } },
    credHelpers: { 'ghcr.example.com': 'is-not-there' },
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  expect(await findings('registries', { env: { DOCKER_CONFIG: folder } })).toMatchObject([
    { severity: 'error', message: expect.stringContaining('docker-credential-is-not-there') },
    { severity: 'ok', message: 'Logged in to registry.example.com' },
  ])
})

test('says so when no registry has a login', async () => {
  expect(await findings('registries')).toMatchObject([{ severity: 'note' }])
})

test('reads the kubeconfig that is named, and only minds when that one is wrong', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'config')
  const lines = [
    'clusters: [{ name: c, cluster: { server: "https://10.0.0.1:6443" } }]',
    'users: [{ name: u, user: { token: t } }]',
    'contexts: [{ name: dev, context: { cluster: c, user: u, namespace: ml } }]',
    'current-context: dev',
  ]
  await writeFile(file, lines.join('\n'))
  expect(await findings('kubernetes', { env: { KUBECONFIG: file } })).toMatchObject([
    { severity: 'ok', message: 'Cluster dev at https://10.0.0.1:6443, namespace ml' },
  ])
  const gone = { KUBECONFIG: join(folder, 'gone') }
  expect(await findings('kubernetes', { env: gone })).toMatchObject([{ severity: 'error' }])
  expect(await findings('kubernetes')).toMatchObject([{ severity: 'note' }])
})

test('knows where clouds keep their credentials', async () => {
  const home = await temporaryFolder()
  await mkdir(join(home, '.azure'))
  await writeFile(join(home, '.azure', 'azureProfile.json'), '{}')
  const env = {
    HOME: home,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/key.json',
  }
  const found = await findings('clouds', { env })
  expect(found.map(({ severity }) => severity)).toEqual(['ok', 'error', 'ok'])
  expect(found.map(({ message }) => message).join()).not.toContain('AKIAEXAMPLE')
})

test('finds a bento that has lost a model', async () => {
  const path = await temporaryFolder()
  const model = {
    requested: 'iris:latest',
    tag: 'iris:v1',
    runtime: 'trees',
    main: 'model.trees',
    signatures: {},
    digest: '',
    path: 'models/iris/v1',
  }
  const subject = { kind: 'bento', path, manifest: { ...bentoManifest, models: [model] } } as const
  expect(await findings('models', { subject })).toMatchObject([
    { severity: 'error', message: expect.stringContaining('model.trees') },
  ])
  expect(await findings('runtimes', { subject })).toMatchObject([
    { severity: 'ok', message: 'Runtime trees needs no package' },
  ])
})

test('turns a check that fails into a finding', async () => {
  const env = { BENTO_PORT: 'http' }
  expect(await findings('port', { env })).toMatchObject([{ severity: 'error' }])
})
