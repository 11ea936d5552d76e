import { expect, test } from '@jest/globals'
import { fakeApi, type FakeAnswer } from '../deploy/kubernetes/fake-api.ts'
import { runUntil } from './follow.ts'
import { runBento } from './run-bento.ts'

const labels = { 'app.kubernetes.io/managed-by': 'bento', 'app.kubernetes.io/instance': 'iris' }
const annotations = { 'deployment.kubernetes.io/revision': '1', 'bentojs/revision': '2' }
const deployment = {
  metadata: {
    name: 'iris',
    labels,
    annotations,
    generation: 1,
    creationTimestamp: '2026-11-24T10:00:00Z',
  },
  spec: { replicas: 1, template: { spec: { containers: [{ image: 'iris:v1' }] } } },
  status: { observedGeneration: 1, updatedReplicas: 1, replicas: 1, availableReplicas: 0 },
}
const set = { metadata: { annotations, labels: { 'pod-template-hash': 'h' } } }

function crashed(name: string): object {
  const waiting = { reason: 'CrashLoopBackOff' }
  const lastState = { terminated: { exitCode: 1, reason: 'Error' } }
  const status = { ready: false, image: 'iris:v1', restartCount: 4, state: { waiting }, lastState }
  return { metadata: { name }, status: { containerStatuses: [status] } }
}

function answer(pods: readonly object[]): (url: URL) => FakeAnswer | undefined {
  return ({ pathname, searchParams }) => {
    if (pathname.endsWith('/deployments/iris')) return { body: deployment }
    if (pathname.endsWith('/replicasets')) return { body: { items: [set] } }
    if (pathname.endsWith('/pods')) return { body: { items: pods } }
    if (pathname.endsWith('/b/log')) return { status: 400, body: { message: 'it is starting' } }
    if (!pathname.endsWith('/log')) return undefined
    return { body: `${searchParams.get('previous') === 'true' ? 'no model' : 'ready'}\nbye\n` }
  }
}

test('prints the log of every replica, each line with its replica', async () => {
  const KUBECONFIG = await fakeApi(answer([crashed('a'), crashed('b')]))
  for (const line of ['deployment logs iris', 'deployment logs iris --follow']) {
    const { stdout, code } = await runBento(line, { env: { KUBECONFIG } })
    expect(code).toBe(0)
    expect(stdout.trim().split('\n').toSorted()).toEqual([
      'a: bye',
      'a: ready',
      'b: no log: it is starting',
    ])
  }
})

test('prints the log of one replica as it is', async () => {
  const KUBECONFIG = await fakeApi(answer([crashed('a')]))
  const { stdout } = await runBento('deployment logs iris --lines 2', { env: { KUBECONFIG } })
  expect(stdout).toBe('ready\nbye\n')
})

test('prints one JSON object a line when asked, with the replica even when it is alone', async () => {
  const KUBECONFIG = await fakeApi(answer([crashed('a')]))
  const { stdout } = await runBento('deployment logs iris -o json', { env: { KUBECONFIG } })
  expect(stdout).toBe('{"replica":"a","text":"ready"}\n{"replica":"a","text":"bye"}\n')
})

/** The log of one replica, and what comes after its first line. */
function logThen(end: 'open' | 'broken'): (url: URL) => FakeAnswer | undefined {
  const others = answer([crashed('a')])
  return (url) => (url.pathname.endsWith('/log') ? { body: 'ready\n', end } : others(url))
}

test('follows a log until Ctrl-C, which is its end and no failure', async () => {
  const KUBECONFIG = await fakeApi(logThen('open'))
  const env = { KUBECONFIG }
  const { code, stdout, stderr } = await runUntil('ready', 'deployment logs iris --follow', { env })
  expect([code, stdout, stderr]).toEqual([0, 'ready\n', ''])
})

test('stops a log that hangs on Ctrl-C, and says that it is not whole', async () => {
  const KUBECONFIG = await fakeApi(logThen('open'))
  const { code, stderr } = await runUntil('ready', 'deployment logs iris', { env: { KUBECONFIG } })
  expect([code, stderr]).toEqual([130, expect.stringMatching(/^INTERRUPTED: /)])
})

test('says when a log is cut off', async () => {
  const KUBECONFIG = await fakeApi(logThen('broken'))
  const { code, stdout, stderr } = await runBento('deployment logs iris --follow', {
    env: { KUBECONFIG },
  })
  expect([code, stdout]).toEqual([1, 'ready\n'])
  expect(stderr).toMatch(/^DEPLOY_UNREACHABLE: The log of the pod "a" is cut off: /)
})

test('ends at once on a second Ctrl-C, whatever hangs', async () => {
  let press: () => void = () => undefined
  let answerIt: () => void = () => undefined
  const after = new Promise<void>((resolve) => {
    answerIt = resolve
  })
  const KUBECONFIG = await fakeApi(() => {
    press()
    press()
    return { body: { items: [] }, after }
  })
  const { code, stderr } = await runBento('deployment list', {
    env: { KUBECONFIG },
    onReady(pressCtrlC) {
      press = pressCtrlC
    },
  })
  answerIt()
  expect([code, stderr]).toEqual([
    130,
    expect.stringMatching(/^INTERRUPTED: Stopped before it was done/),
  ])
})

test('says when there is no replica to have a log', async () => {
  const KUBECONFIG = await fakeApi(answer([]))
  const { code, stderr } = await runBento('deployment logs iris', { env: { KUBECONFIG } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^DEPLOYMENT_NOT_FOUND: "iris" has no pods/)
})

test('tells the last words of a replica that crashes', async () => {
  const KUBECONFIG = await fakeApi(answer([crashed('a')]))
  const { stdout } = await runBento('deployment get iris', { env: { KUBECONFIG } })
  expect(stdout).toMatchInlineSnapshot(`
"name: iris
bento: null
image: iris:v1
status: deploying
ready: 0
replicas: 1
revision: 2
url: null
created_at: <time>
reason: |-
  CrashLoopBackOff of iris:v1: it ended with 1 (Error), 4 restarts
    | no model
    | bye
revisions: []
"
`)
})

test('asks before it deletes, and wants a terminal for that', async () => {
  const { code, stderr } = await runBento('deployment delete iris')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^USAGE: There is no terminal to confirm this on/)
  const { stderr: said } = await runBento('deployment delete iris', { columns: 80, answer: 'n\n' })
  expect(said).toContain('Deleted nothing')
})

test.each(['list', 'get', 'logs', 'rollback', 'delete'])(
  'helps with deployment %s',
  async (name) => {
    expect((await runBento(`deployment ${name} --help`)).stdout).toMatchSnapshot()
  },
)
