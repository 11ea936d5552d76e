import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { runUntil } from '../../commands/follow.ts'
import { helloProject } from '../../commands/hello-project.ts'
import { runBento } from '../../commands/run-bento.ts'
import { type FakeCloud, fakeCloud } from './fake-cloud.ts'
import { end, type FakeLogs, fakeLogs, linesOf, podOf } from './fake-logs.ts'

let cloud: FakeCloud
let logs: FakeLogs
let options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }

beforeAll(async () => {
  cloud = await fakeCloud()
  logs = fakeLogs(cloud)
  const env = { BENTO_CLOUD_API_KEY: 'the-token', BENTO_CLOUD_API_ENDPOINT: cloud.url }
  options = { cwd: await helloProject(), env }
  await runBento('build --no-check', options)
  await runBento('deploy hello -t bentocloud -n greeter', options)
})

afterAll(() => cloud.close())

beforeEach(() => {
  logs.asked.length = 0
  logs.pods = [podOf('one'), podOf('builder', { 'yatai.ai/is-bento-image-builder': 'true' })]
  logs.tail = (pod) => [{ type: 'heartbeat' }, linesOf(`${pod} is ready`, 'POST /greet'), end]
})

const line = 'deployment logs greeter -t bentocloud'

test('reads the last lines of the pod that serves, as it is', async () => {
  const { code, stdout, stderr } = await runBento(`${line} --lines 7`, options)
  expect([code, stdout, stderr]).toEqual([0, 'one is ready\nPOST /greet\n', ''])
  const payload = { container_name: 'main', follow: false, tail_lines: 7 }
  expect(logs.asked).toEqual([
    {
      url: '/ws/v2/deployments/greeter/pods?organization_name=acme&cluster=near',
      token: 'the-token',
    },
    {
      url: '/ws/v1/clusters/near/tail?namespace=yatai&pod_name=one&timestamps=false',
      token: 'the-token',
      said: { type: 'data', payload: { ...payload, id: expect.any(String) } },
    },
  ])
})

test('reads those of several pods, each line with its pod', async () => {
  logs.pods = [podOf('one'), podOf('two')]
  const { stdout } = await runBento(line, options)
  expect(stdout).toBe('one: one is ready\none: POST /greet\ntwo: two is ready\ntwo: POST /greet\n')
})

test('says of each line which pod wrote it, as JSON', async () => {
  const { stdout } = await runBento(`${line} -o json`, options)
  expect(stdout.split('\n')[0]).toBe('{"replica":"one","text":"one is ready"}')
})

test('follows until Ctrl-C', async () => {
  logs.tail = () => [linesOf('ready')]
  const { code, stdout, stderr } = await runUntil('ready', `${line} --follow`, options)
  expect([code, stdout, stderr]).toEqual([0, 'ready\n', ''])
})

test('says what BentoCloud says against it', async () => {
  logs.tail = () => [{ type: 'error', message: 'no such container', payload: null }]
  const { code, stderr } = await runBento(line, options)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^DEPLOY_REFUSED: BentoCloud refused the log: no such container/),
  ])
})

test('says when nothing runs', async () => {
  logs.pods = []
  const { code, stderr } = await runBento(line, options)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^DEPLOYMENT_NOT_FOUND: "greeter" has no pods on BentoCloud/),
  ])
})

test('says when the other side breaks off', async () => {
  logs.tail = () => 'broken'
  const { code, stderr } = await runBento(line, options)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^DEPLOY_UNREACHABLE: The log of BentoCloud at [^ ]+ is cut off: /),
  ])
})
