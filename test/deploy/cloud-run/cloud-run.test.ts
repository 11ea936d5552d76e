import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { renderService } from '../../../src/deploy/cloud-run/render.ts'
import { runUntil } from '../../commands/follow.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { problemsOf, readPublished } from '../published/check.ts'
import { manifestOf, specOf } from '../spec-of.ts'
import { type FakeRun, fakeRun } from './fake-run.ts'

jest.setTimeout(30_000)

const image = (letter: string): string =>
  `europe-docker.pkg.dev/p/r/iris@sha256:${letter.repeat(64)}`
let run: FakeRun

beforeAll(async () => {
  run = await fakeRun()
})

afterAll(() => run.close())

beforeEach(() => {
  run.services.clear()
  run.calls.length = 0
  Object.assign(run, { fault: undefined, failure: undefined })
})

// Whatever a test did: Google's own description has nothing against it.
afterEach(() => {
  const [problem] = run.problems.splice(0)
  if (problem !== undefined) throw new Error(problem)
})

function environment(): Record<string, string> {
  return {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: run.url,
    CLOUDSDK_AUTH_ACCESS_TOKEN: 'the-token',
    GOOGLE_CLOUD_PROJECT: 'p',
    GOOGLE_CLOUD_REGION: 'europe-west1',
  }
}

function bento(line: string, env: object = {}): Promise<BentoResult> {
  return runBento(line, { env: { ...environment(), ...env } })
}

const deploy = (letter: string, more = ''): Promise<BentoResult> =>
  bento(`deploy -t cloud-run -n iris --image ${image(letter)} ${more}`)
const writes = (): string[] => run.calls.filter((call) => !call.startsWith('GET'))

test('maps what the service says of itself', async () => {
  const manifest = manifestOf({
    config: { resources: { cpu: '2', memory: '4Gi' }, traffic: { timeout: 90, concurrency: 40 } },
  })
  const set = {
    scaling: { min_replicas: 0, max_replicas: 5 },
    envs: [{ name: 'LEVEL', value: 'debug' }],
    secrets: ['api-key', { name: 'db', key: '3', env: 'DB_URL' }],
    cloud_run: { service_account: 'iris@p.iam.gserviceaccount.com', public: true },
  }
  const service = renderService(await specOf(set, { manifest }))
  expect(service).toMatchObject({
    annotations: { 'bentojs/bento': 'iris_classifier:v1' },
    invokerIamDisabled: true,
    template: {
      scaling: { minInstanceCount: 0, maxInstanceCount: 5 },
      timeout: '90s',
      maxInstanceRequestConcurrency: 40,
      containers: [
        {
          resources: { limits: { cpu: '2', memory: '4Gi' } },
          env: [
            { name: 'LEVEL', value: 'debug' },
            {
              name: 'api-key',
              valueSource: { secretKeyRef: { secret: 'api-key', version: 'latest' } },
            },
            { name: 'DB_URL', valueSource: { secretKeyRef: { secret: 'db', version: '3' } } },
          ],
        },
      ],
    },
  })
  const sent = { method: 'POST', url: '/v2/projects/p/locations/l/services', body: service }
  expect(problemsOf(sent, readPublished('run-v2.json'))).toEqual([])
})

test("Google's description would find a field that it does not know", () => {
  const body = { template: { containers: [{ imagee: 'x' }] }, uri: 'https://x' }
  const sent = { method: 'POST', url: '/v2/projects/p/locations/l/services?force=1', body }
  expect(problemsOf(sent, readPublished('run-v2.json'))).toEqual([
    'POST /v2/projects/p/locations/l/services has no parameter force',
    'body.template.containers[0].imagee is unknown',
    'body.uri can only be read',
  ])
})

test('plans, creates, and changes nothing when all is the same', async () => {
  const planned = await deploy('a', '--plan')
  expect(planned.stdout).toBe('+ Service/iris\nPlan: 1 to create, 0 to update, 0 to delete\n')
  expect(writes()).toEqual([])
  const { code, stdout } = await deploy('a', '-o json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    revision: 1,
    changed: ['Service/iris'],
    status: { status: 'running', url: 'https://iris-abc.a.run.app', image: image('a') },
  })
  run.calls.length = 0
  expect((await deploy('a')).stdout).toBe('Deployed iris, revision 1: nothing changed\n')
  expect(writes()).toEqual([])
  expect((await deploy('b', '--plan')).stdout).toMatch(
    / {4}- +-? *image: .*a+\n[^]*\+ .*image: .*b+/,
  )
})

test('splits traffic, and goes back', async () => {
  await deploy('a')
  await deploy('b', '--set cloud_run.traffic=10')
  expect(run.services.get('iris')?.body['traffic']).toEqual([
    { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 'iris-00001-abc', percent: 90 },
    { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 10 },
  ])
  expect((await deploy('b', '--set cloud_run.traffic=10')).stdout).toContain('nothing changed')
  expect((await deploy('b', '--plan')).stdout).toMatch(/- +- percent: 90\n[^]*\+ +- percent: 100/)
  expect((await deploy('b')).stdout).not.toContain('nothing changed')
  expect(run.services.get('iris')?.body['traffic']).toEqual([
    { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 },
  ])
  await deploy('c')
  const { stdout } = await bento('deployment rollback iris -t cloud-run -o json')
  expect(JSON.parse(stdout)).toMatchObject({ revision: 2, status: { revision: 2 } })
  const status = await bento('deployment get iris -t cloud-run -o json')
  expect(JSON.parse(status.stdout)).toMatchObject({
    revisions: [{ status: 'superseded' }, { status: 'deployed' }, { status: 'superseded' }],
  })
  expect((await bento('deployment rollback iris -t cloud-run --revision 9')).stderr).toContain(
    'there are 1, 2, 3.',
  )
})

test("fails in Google's own words, with the way back", async () => {
  await deploy('a')
  run.failure = 'The container failed to start and listen on PORT=3000'
  const { code, stderr } = await deploy('b')
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /DEPLOY_FAILED: "iris" does not run: The container failed to start[^]*rollback iris/,
    ),
  ])
  run.failure = undefined
  const { stdout } = await deploy('c', '-o json')
  expect(JSON.parse(stdout)).toMatchObject({ revision: 3 })
})

test('overwrites nobody who was faster', async () => {
  await deploy('a')
  run.fault = (call) => {
    const service = run.services.get('iris')
    if (call.startsWith('PATCH') && service) service.etag++
    return undefined
  }
  const { code, stderr } = await deploy('b')
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^DEPLOY_REFUSED: .*409: the etag is old\n +Somebody else/m),
  ])
})

test('leaves alone what is not its own', async () => {
  await deploy('a')
  Object.assign(run.services.get('iris')?.body ?? {}, { labels: {} })
  expect((await deploy('b')).stderr).toMatch(/^DEPLOY_CONFLICT/m)
  expect((await bento('deployment list -t cloud-run -o json')).stdout).toBe('[]\n')
  expect((await deploy('b', '--force')).code).toBe(0)
})

test('tries again what passes, and gives up in order', async () => {
  let left = 2
  run.fault = () => (left-- > 0 ? { status: 503, message: 'later' } : undefined)
  expect((await bento('deployment list -t cloud-run')).code).toBe(0)
  run.fault = () => ({ status: 429, message: 'Quota exceeded' })
  const { code, stderr } = await bento('deployment list -t cloud-run')
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining('Quota exceeded\n  Ask for a higher quota'),
  ])
})

test('lists, and takes away', async () => {
  await deploy('a')
  expect((await bento('deployment list -t cloud-run')).stdout).toMatch(/iris .*running/)
  const { code, stdout } = await bento('deployment delete iris -t cloud-run --yes')
  expect([code, stdout]).toEqual([0, 'Deleted iris\n'])
  expect((await bento('deployment get iris -t cloud-run')).stderr).toMatch(/^DEPLOYMENT_NOT_FOUND/)
})

test('reads the last lines of Cloud Logging, of the service alone', async () => {
  await deploy('a')
  const timestamp = '2026-11-25T10:00:00.000Z'
  run.entries = [
    { insertId: '0', timestamp, textPayload: 'Starting' },
    { insertId: '1', timestamp, textPayload: 'Listening' },
    { insertId: '2', timestamp, jsonPayload: { msg: 'POST /classify' } },
  ]
  const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: run.url }
  const { code, stdout } = await bento('deployment logs iris -t cloud-run --lines 2', env)
  expect([code, stdout]).toEqual([0, 'Listening\n{"msg":"POST /classify"}\n'])
  expect(run.asked).toEqual([
    {
      resourceNames: ['projects/p'],
      filter: 'resource.type="cloud_run_revision" AND resource.labels.service_name="iris"',
      orderBy: 'timestamp desc',
      pageSize: 2,
    },
  ])
})

test('follows the log: what came before stays away, and nothing comes twice', async () => {
  await deploy('a')
  const entry = (id: string, ms: number): FakeRun['entries'][number] => ({
    insertId: id,
    timestamp: `2026-11-25T10:00:00.${ms}Z`,
    textPayload: `line ${id}`,
  })
  run.entries = [entry('old', 100), entry('same', 200), entry('last', 200)]
  let isMore = false
  const { code, stdout } = await runUntil(
    'line new',
    'deployment logs iris -t cloud-run --follow --lines 1',
    {
      env: { ...environment(), CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: run.url },
      onPart() {
        if (!isMore) run.entries = [...run.entries, entry('late', 300), entry('new', 400)]
        isMore = true
      },
    },
  )
  expect([code, stdout]).toEqual([0, 'line last\nline late\nline new\n'])
})

test('wants a region, a project and credentials, each in one line', async () => {
  const noRegion = await bento('deployment list -t cloud-run', { GOOGLE_CLOUD_REGION: '' })
  expect(noRegion.stderr).toMatch(/^CREDENTIALS_MISSING: Nothing says which region/)
  const noProject = await bento('deployment list -t cloud-run', { GOOGLE_CLOUD_PROJECT: '' })
  expect(noProject.stderr).toMatch(/^CREDENTIALS_MISSING: Nothing says which project/)
  const nobody = {
    CLOUDSDK_AUTH_ACCESS_TOKEN: '',
    GCE_METADATA_HOST: '127.0.0.1:9',
    CLOUDSDK_CONFIG: '/nowhere',
  }
  const { code, stderr } = await bento('deployment list -t cloud-run', nobody)
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^CREDENTIALS_MISSING: There are no credentials for Google/),
  ])
})
