import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { renderApp } from '../../../src/deploy/azure/render.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { problemsOf, readPublished } from '../published/check.ts'
import { manifestOf, specOf } from '../spec-of.ts'
import { type FakeAzure, fakeAzure } from './fake-azure.ts'

jest.setTimeout(30_000)

const image = (letter: string): string => `iris.azurecr.io/iris@sha256:${letter.repeat(64)}`
const published = readPublished('microsoft-app.json')
let azure: FakeAzure

beforeAll(async () => {
  azure = await fakeAzure()
})

afterAll(() => azure.close())

beforeEach(() => {
  azure.apps.clear()
  azure.calls.length = 0
  Object.assign(azure, { fault: undefined, failure: undefined })
})

// Whatever a test did: Microsoft's own description has nothing against it.
afterEach(() => {
  const [problem] = azure.problems.splice(0)
  if (problem !== undefined) throw new Error(problem)
})

const environment = (): Record<string, string> => ({
  AZURE_RESOURCE_MANAGER_ENDPOINT: azure.url,
  AZURE_AUTHORITY_HOST: azure.url,
  AZURE_TENANT_ID: 't',
  AZURE_CLIENT_ID: 'c',
  AZURE_CLIENT_SECRET: 'right',
  AZURE_SUBSCRIPTION_ID: 's',
  AZURE_RESOURCE_GROUP: 'g',
})

function bento(line: string, env: object = {}): Promise<BentoResult> {
  return runBento(line, { env: { ...environment(), ...env } })
}

const deploy = (letter: string, more = ''): Promise<BentoResult> =>
  bento(`deploy -t azure -n iris --image ${image(letter)} --set azure.environment=e ${more}`)
const writes = (): string[] =>
  azure.calls
    .filter((call) => !call.startsWith('GET'))
    .map((call) => call.replace(/\?.*/, '').replace(/ .*containerApps/, ''))
const traffic = (): unknown =>
  Object.fromEntries(
    Object.entries(azure.apps.get('iris')?.revisions ?? []).map(([, { name, isActive }]) => [
      name,
      isActive,
    ]),
  )

test('maps what the service says of itself', async () => {
  const manifest = manifestOf({
    config: { resources: { cpu: '2', memory: '4Gi' }, traffic: { timeout: 90, concurrency: 40 } },
  })
  const identity = '/subscriptions/s/resourceGroups/g/providers/x/userAssignedIdentities/iris'
  const set = {
    scaling: {
      min_replicas: 0,
      max_replicas: 5,
      policy: { metrics: [{ type: 'cpu', value: 70 }] },
    },
    envs: [{ name: 'LEVEL', value: 'debug' }],
    secrets: ['API-KEY', { name: 'db', key: '3', env: 'DB_URL' }],
    azure: {
      identity,
      key_vault: 'https://iris.vault.azure.net/',
      registry: { server: 'iris.azurecr.io' },
      ingress: 'external',
    },
  }
  const app = renderApp(await specOf(set, { manifest }))
  expect(app).toMatchObject({
    tags: { bento: 'iris_classifier:v1', 'managed-by': 'bento' },
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    properties: {
      configuration: {
        ingress: { external: true, targetPort: 3000 },
        registries: [{ server: 'iris.azurecr.io', identity }],
        secrets: [
          {
            name: 'api-key',
            keyVaultUrl: 'https://iris.vault.azure.net/secrets/API-KEY',
            identity,
          },
          { name: 'db', keyVaultUrl: 'https://iris.vault.azure.net/secrets/db', identity },
        ],
      },
      template: {
        terminationGracePeriodSeconds: 100,
        scale: {
          minReplicas: 0,
          maxReplicas: 5,
          rules: [
            { http: { metadata: { concurrentRequests: '40' } } },
            { custom: { type: 'cpu', metadata: { type: 'Utilization', value: '70' } } },
          ],
        },
        containers: [
          {
            resources: { cpu: 2, memory: '4Gi' },
            env: [
              { name: 'LEVEL', value: 'debug' },
              { name: 'API-KEY', secretRef: 'api-key' },
              { name: 'DB_URL', secretRef: 'db' },
            ],
            probes: [{ type: 'Startup', periodSeconds: 24, failureThreshold: 10 }, {}, {}],
          },
        ],
      },
    },
  })
  const url = '/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/iris'
  const sent = { method: 'PUT', url, body: { ...app, location: 'westeurope' } }
  expect(problemsOf(sent, published)).toEqual([])
})

test("Microsoft's description would find a field that it does not know", () => {
  const probes = [{ type: 'Ready', failureThreshold: 11 }]
  const template = { containers: [{ imagee: 'x', probes }] }
  const body = { properties: { template, latestRevisionName: 'x' } }
  const url = '/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/iris?force=1'
  expect(problemsOf({ method: 'PUT', url, body }, published)).toEqual([
    expect.stringContaining('has no parameter force'),
    'body.location is missing',
    'body.properties.template.containers[0].imagee is unknown',
    'body.properties.template.containers[0].probes[0].type is "Ready", none of Liveness, Readiness, Startup',
    'body.properties.template.containers[0].probes[0].failureThreshold is 11, not 1 to 10',
    'body.properties.latestRevisionName can only be read',
  ])
})

test('plans, creates, and changes nothing when all is the same', async () => {
  const planned = await deploy('a', '--plan')
  expect(planned.stdout).toBe('+ App/iris\nPlan: 1 to create, 0 to update, 0 to delete\n')
  expect(writes()).toEqual([])
  const { code, stdout } = await deploy('a', '-o json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    revision: 1,
    changed: ['App/iris'],
    status: { status: 'running', url: 'https://iris.example.io', image: image('a'), ready: 1 },
  })
  azure.calls.length = 0
  expect((await deploy('a')).stdout).toBe('Deployed iris, revision 1: nothing changed\n')
  expect(writes()).toEqual([])
  expect((await deploy('b', '--plan')).stdout).toMatch(
    / {4}- +-? *image: .*a+\n[^]*\+ .*image: .*b+/,
  )
})

test('moves requests only when the new revision runs, and stops the old', async () => {
  await deploy('a')
  azure.calls.length = 0
  expect((await deploy('b')).code).toBe(0)
  expect(writes()).toEqual(['PUT/iris', 'PATCH/iris', 'POST/iris/revisions/iris--v1/deactivate'])
  expect(traffic()).toEqual({ 'iris--v1': false, 'iris--v2': true })
})

test('splits traffic, gives the rest to the new one, and goes back', async () => {
  await deploy('a')
  await deploy('b', '--set azure.traffic=10')
  expect(traffic()).toEqual({ 'iris--v1': true, 'iris--v2': true })
  expect((await deploy('b', '--plan')).stdout).toMatch(
    /- +- 90 % to iris--v1\n[^]*\+ +- 100 % to iris--v2/,
  )
  await deploy('b')
  expect(traffic()).toEqual({ 'iris--v1': false, 'iris--v2': true })
  const { stdout } = await bento('deployment rollback iris -t azure -o json')
  expect(JSON.parse(stdout)).toMatchObject({ revision: 1, status: { revision: 1 } })
  expect(traffic()).toEqual({ 'iris--v1': true, 'iris--v2': false })
  const status = await bento('deployment get iris -t azure -o json')
  expect(JSON.parse(status.stdout)).toMatchObject({
    image: image('a'),
    revisions: [{ status: 'deployed' }, { status: 'superseded' }],
  })
  expect((await bento('deployment rollback iris -t azure --revision 9')).stderr).toContain(
    'there are 1, 2.',
  )
})

test("fails in Azure's own words, while the revision before serves on", async () => {
  await deploy('a')
  azure.failure = 'Deployment Progress Deadline Exceeded. 0/1 replicas ready.'
  const { code, stderr } = await deploy('b')
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /DEPLOY_FAILED: "iris" does not run: Deployment Progress[^]*CrashLoopBackOff\n +The revision before/,
    ),
  ])
  expect(traffic()).toEqual({ 'iris--v1': true, 'iris--v2': false })
  const status = await bento('deployment get iris -t azure -o json')
  expect(JSON.parse(status.stdout)).toMatchObject({ status: 'running', revision: 1 })
  azure.failure = undefined
  expect(JSON.parse((await deploy('c', '-o json')).stdout)).toMatchObject({ revision: 3 })
})

test('finishes what was interrupted between the revision and its traffic', async () => {
  await deploy('a')
  azure.fault = (call) =>
    call.startsWith('PATCH') ? { status: 403, message: 'not now' } : undefined
  expect((await deploy('b')).stderr).toMatch(/DEPLOY_REFUSED: Azure refused the change with 403/)
  azure.fault = undefined
  azure.calls.length = 0
  expect(JSON.parse((await deploy('b', '-o json')).stdout)).toMatchObject({
    revision: 2,
    changed: ['App/iris'],
  })
  expect(writes()).toContain('PATCH/iris')
  expect(writes()).not.toContain('PUT/iris')
})

test('tells the second of two deployers that the other was faster', async () => {
  await deploy('a')
  const [one, two] = await Promise.all([deploy('b'), deploy('c')])
  const codes = [one.code, two.code].toSorted((a, b) => a - b)
  expect(codes).toEqual([0, 1])
  expect(one.stderr + two.stderr).toMatch(
    /DEPLOY_REFUSED: Azure refused the app with 400: (an operation is in progress|the revision)/,
  )
})
