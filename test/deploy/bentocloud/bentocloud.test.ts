import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { helloProject } from '../../commands/hello-project.ts'
import { type BentoResult, runBento } from '../../commands/run-bento.ts'
import { type FakeCloud, fakeCloud } from './fake-cloud.ts'

jest.setTimeout(30_000)

let cloud: FakeCloud
let cwd: string

beforeAll(async () => {
  cloud = await fakeCloud()
  cwd = await helloProject()
  await bento('build --no-check')
})

afterAll(() => cloud.close())

beforeEach(() => {
  for (const kept of [cloud.deployments, cloud.bentos, cloud.secrets]) kept.clear()
  cloud.calls.length = 0
  Object.assign(cloud, { outcome: 'running', strategy: 'presigned_url' })
})

// Whatever a test did: BentoML's client would have sent it so.
afterEach(() => {
  const [problem] = cloud.problems.splice(0)
  if (problem !== undefined) throw new Error(problem)
})

function bento(line: string, env: object = {}): Promise<BentoResult> {
  const account = { BENTO_CLOUD_API_KEY: 'the-token', BENTO_CLOUD_API_ENDPOINT: cloud.url }
  return runBento(line, { cwd, env: { ...account, ...env } })
}

const deploy = (more = ''): Promise<BentoResult> =>
  bento(`deploy hello -t bentocloud -n greeter ${more}`)
const writes = (): string[] => cloud.calls.filter((call) => !call.startsWith('GET'))

test('says in its help that nobody has tried it on the real one', async () => {
  for (const line of ['deploy --help', 'cloud --help', 'cloud login --help']) {
    expect((await bento(line)).stdout).toContain('not verified against the real cloud')
  }
})

test('plans, pushes the bento, creates, and changes nothing when all is the same', async () => {
  const planned = await deploy('--plan')
  expect(planned.stdout).toBe('+ Deployment/greeter\nPlan: 1 to create, 0 to update, 0 to delete\n')
  expect(writes()).toEqual([])
  const flags = '--scaling-max 3 --env LEVEL=debug --secret keys --set instance_type=cpu.small'
  const { code, stdout, stderr } = await deploy(`${flags} -o json`)
  expect([code, stderr]).toEqual([0, expect.any(String)])
  expect(JSON.parse(stdout)).toMatchObject({
    changed: ['Deployment/greeter'],
    status: { status: 'running', url: 'https://greeter.example.com' },
  })
  expect(cloud.deployments.get('greeter')?.config).toMatchObject({
    envs: [{ name: 'LEVEL', value: 'debug' }],
    secrets: ['keys'],
    services: {
      Hello: { instance_type: 'cpu.small', scaling: { min_replicas: 1, max_replicas: 3 } },
    },
  })
  cloud.calls.length = 0
  const again = await deploy(flags)
  expect(again.stdout).toBe('Deployed greeter: nothing changed\n')
  expect(writes()).toEqual([])
})

test.each(['presigned_url', 'proxy'] as const)('sends the bento whole, by %s', async (strategy) => {
  cloud.strategy = strategy
  await deploy()
  const [[tag, sent] = ['', undefined]] = cloud.bentos
  expect(sent?.upload_status).toBe('success')
  const [, version] = tag.split(':')
  expect(sent?.content.toString('latin1')).toContain('dist/service.mjs')
  expect(sent?.body).toMatchObject({ manifest: { size_bytes: sent?.content.length } })
  expect(tag).toBe(`hello:${version}`)
})

test('says in the words of BentoCloud that it does not run', async () => {
  cloud.outcome = 'image-build-failed'
  const { code, stderr } = await deploy()
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /DEPLOY_FAILED: "greeter" does not run: BentoCloud calls it image-build-failed/,
    ),
  ])
  cloud.outcome = 'running'
  expect((await deploy()).code).toBe(0)
})

test('lists, shows, terminates and deletes; says what BentoCloud does not hand out', async () => {
  await deploy()
  const at = '-t bentocloud'
  expect((await bento(`deployment list ${at}`)).stdout).toMatch(/greeter .*hello:.*running/)
  expect((await bento(`deployment get greeter ${at}`)).stdout).toContain('status: running')
  const back = await bento(`deployment rollback greeter ${at}`)
  expect([back.code, back.stderr]).toEqual([2, expect.stringContaining('that ran before again')])
  cloud.calls.length = 0
  expect((await bento(`deployment delete greeter ${at} --yes`)).code).toBe(0)
  expect(writes()).toEqual([
    'POST /api/v2/deployments/greeter/terminate',
    'DELETE /api/v2/deployments/greeter',
  ])
  expect((await bento(`deployment get greeter ${at}`)).stderr).toMatch(/^DEPLOYMENT_NOT_FOUND/)
})

test('logs in, keeps the token for one person alone, and goes from account to account', async () => {
  const none = { BENTO_CLOUD_API_KEY: '' }
  const nobody = await bento('deployment list -t bentocloud', none)
  expect([nobody.code, nobody.stderr]).toEqual([
    2,
    expect.stringMatching(/^CREDENTIALS_MISSING: Nobody is logged in to BentoCloud/),
  ])
  expect((await bento('cloud login', none)).stderr).toMatch(/^CREDENTIALS_MISSING: There is no API/)
  const wrong = await bento('cloud login --api-token wrong', none)
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/refused the token with 401/),
  ])
  for (const name of ['one', 'two']) {
    const { stdout } = await bento(`cloud login --api-token the-token --context ${name}`, none)
    expect(stdout).toBe(`Logged in to acme as ada@example.com, as context ${name}\n`)
  }
  const file = join(cwd, 'home', 'cloud.yaml')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readFile(file, 'utf8')).toContain('the-token')
  expect((await bento('cloud list-context', none)).stdout).toBe('[\n  "one",\n  "two"\n]\n')
  await bento('cloud update-current-context one', none)
  const { stdout } = await bento('cloud current-context', none)
  expect(JSON.parse(stdout)).toMatchObject({ name: 'one', api_token: 'the-…' })
  const unknown = await bento('cloud update-current-context three', none)
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('one, two')])
  expect((await bento('deployment list -t bentocloud', none)).code).toBe(0)
})

test('prints accounts and secrets as JSON when asked, and no token and no value', async () => {
  const json = async (line: string): Promise<unknown> => JSON.parse((await bento(line)).stdout)
  expect(await json('cloud login --api-token the-token --context two -o json')).toEqual({
    name: 'two',
    endpoint: cloud.url,
    email: 'ada@example.com',
    organization: 'acme',
  })
  expect(await json('cloud update-current-context two -o json')).toEqual({ name: 'two' })
  const secret = { name: 'db', type: 'env', stage: 'runtime', path: null }
  for (const verb of ['create', 'apply']) {
    const { stdout } = await bento(`secret ${verb} db URL=hunter2 USER=ada -o json`)
    expect(JSON.parse(stdout)).toEqual({ ...secret, keys: ['URL', 'USER'] })
  }
  expect(await json('secret delete db --yes -o json')).toEqual({ name: 'db' })
  const { code, stdout, stderr } = await bento('secret apply none A=1 -o json')
  expect([code, stdout]).toEqual([1, ''])
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'DEPLOYMENT_NOT_FOUND' } })
})

test('makes, replaces, lists and deletes secrets, and shows no value', async () => {
  const made = await bento('secret create db URL=postgres://hunter2 USER=ada -d why')
  expect([made.code, made.stdout]).toEqual([0, 'Created db\n'])
  expect(cloud.secrets.get('db')).toMatchObject({
    description: 'why',
    content: { type: 'env', stage: 'runtime', items: [{ key: 'URL' }, { key: 'USER' }] },
  })
  expect((await bento('secret apply db -t file key=@package.json')).code).toBe(0)
  expect(cloud.secrets.get('db')).toMatchObject({
    content: { type: 'mountfile', path: '$BENTOML_HOME', items: [{ key: 'key' }] },
  })
  expect((await bento('secret list')).stdout).toMatch(/db +File +runtime +key +\$BENTOML_HOME/)
  expect(JSON.parse((await bento('secret list -o json')).stdout)).toMatchObject([{ name: 'db' }])
  expect((await bento('secret delete db --yes')).stdout).toBe('Deleted db\n')
  expect((await bento('secret delete db --yes')).stderr).toMatch(/There is no secret "db"/)
  const bare = await bento('secret create db hunter2')
  expect([bare.code, bare.stderr]).toEqual([2, expect.not.stringContaining('hunter2')])
})
