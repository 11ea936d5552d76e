import { expect, test } from '@jest/globals'
import { listAt, textAt } from '../../../src/lib/records.ts'
import type { BentoResult } from '../../commands/run-bento.ts'
import { onCluster, imageOf, openCluster } from './cluster.ts'

const cluster = openCluster('rollout')
const { bento, call } = cluster

async function deploy(name: string, tag: string, ...more: readonly string[]): Promise<BentoResult> {
  const image = `bento.local/iris:${tag}`
  const line = ['deploy', '-t', 'kubernetes', '--name', name, '--image', image, '-q', ...more]
  const result = await bento(line)
  return { ...result, stderr: result.stderr.replaceAll(cluster.namespace, 'models') }
}

const soon = ['--set', 'kubernetes.progress_deadline_seconds=3']

onCluster(() => {
  test('says that the image cannot be pulled, and how to get back', async () => {
    await deploy('pull', 'v1')
    const { code, stderr } = await deploy('pull', 'missing')
    expect(code).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
"DEPLOY_FAILED: Revision 2 of "pull" does not run: ImagePullBackOff of bento.local/iris:missing: Back-off pulling image "bento.local/iris:missing": not found
  Correct it and deploy again, or run \`bento deployment rollback pull --namespace models\` to go back to revision 1.
"
`)
  })

  test('says that the container crashes, with its exit code', async () => {
    const { code, stderr } = await deploy('crash', 'crash')
    expect(code).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
"DEPLOY_FAILED: Revision 1 of "crash" does not run: CrashLoopBackOff of bento.local/iris:crash: it ended with 1 (Error), 3 restarts
  Correct it and deploy again, or take it away with \`bento deployment delete crash --namespace models\`.
"
`)
  })

  test('says why it never gets ready when the deadline for progress is over', async () => {
    const { code, stderr } = await deploy('unready', 'unready', ...soon)
    expect(code).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
"DEPLOY_FAILED: Revision 1 of "unready" does not run: No progress for 3 s. A pod is not ready: Readiness probe failed: HTTP probe failed with statuscode: 503
  Correct it and deploy again, or take it away with \`bento deployment delete unready --namespace models\`.
"
`)
  })

  test('stops waiting after --timeout', async () => {
    await deploy('slow', 'unready', '--no-wait')
    const isProbed = async (): Promise<boolean> => (await reasonOf('slow')).includes('probe failed')
    await waitUntil(isProbed)
    const { code, stderr } = await deploy('slow', 'unready', '--timeout', '1')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^DEPLOY_TIMEOUT: Revision 1 of "slow" does not run after 1 s: .*Readiness probe failed/m,
    )
  })

  test('says that the quota is exceeded', async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { 'count/replicasets.apps': '100', 'requests.nvidia.com/gpu': '0' } },
    }
    await call('v1/resourcequotas', { method: 'POST', body: quota })
    const { code, stderr } = await deploy('quota', 'v1', '--set', 'kubernetes.gpus=1', ...soon)
    expect(code).toBe(1)
    expect(stderr).toMatch(/DEPLOY_FAILED: .*No pod can be made: .*exceeded quota: none/)
  })

  test('says that no node takes the pod', async () => {
    const { stderr } = await deploy(
      'homeless',
      'v1',
      '--set',
      'kubernetes.node_selector.moon=far',
      ...soon,
    )
    expect(stderr).toMatch(/DEPLOY_FAILED: .*No node takes a pod: .*didn't match Pod's node/)
  })

  test('goes back to the revision that ran before, whole, and back again', async () => {
    await deploy('back', 'v1', '--set', 'kubernetes.disruption_budget.max_unavailable=1')
    await deploy('back', 'v2')
    expect((await call('policy/v1/poddisruptionbudgets/back')).status).toBe(404)
    await deploy('back', 'missing')
    const { stdout, code } = await bento('deployment rollback back -o json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ revision: 4, status: { status: 'running' } })
    expect(imageOf(await call('apps/v1/deployments/back'))).toBe('bento.local/iris:v2')
    await bento('deployment rollback back --revision 1')
    expect(imageOf(await call('apps/v1/deployments/back'))).toBe('bento.local/iris:v1')
    expect((await call('policy/v1/poddisruptionbudgets/back')).status).toBe(200)
    const { stdout: got } = await bento('deployment get back -o json')
    const revisions = listAt(JSON.parse(got), 'revisions')
    expect(revisions.map((one) => textAt(one, 'status'))).toEqual([
      'deployed',
      'deployed',
      'failed',
      'deployed',
      'deployed',
    ])
  })

  test('says when there is nothing to go back to', async () => {
    await deploy('first', 'v1')
    const { code, stderr } = await bento('deployment rollback first')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^DEPLOYMENT_NOT_FOUND: "first" has no revision to go back to/)
  })

  test('finishes what an interrupted apply has left', async () => {
    const line = 'deploy -t kubernetes --name cut --image bento.local/iris:unready'
    const isThere = async (): Promise<boolean> =>
      (await call('apps/v1/deployments/cut')).status === 200
    const interrupted = await bento(line, {
      onReady: (pressCtrlC) => void waitUntil(isThere).then(pressCtrlC),
    })
    expect(interrupted.code).toBe(130)
    const { body } = await call('v1/secrets/cut.bento-history')
    expect(textAt(body, 'metadata', 'annotations', 'bentojs/holder')).toBe('')
    expect((await deploy('cut', 'v1')).code).toBe(0)
  })

  test('tells a deploy that waits that another has taken its place', async () => {
    const waiting = deploy('replaced', 'unready')
    await waitUntil(async () => (await call('apps/v1/deployments/replaced')).status === 200)
    expect((await deploy('replaced', 'v1')).code).toBe(0)
    expect((await waiting).stderr).toMatch(
      /^DEPLOY_CONFLICT: While "replaced" was waited for, somebody put revision 2/m,
    )
  })

  test('deletes everything, and says when there is nothing', async () => {
    await deploy('gone', 'v1', '--set', 'kubernetes.network_policy=true')
    const { stdout, code } = await bento('deployment delete gone --yes')
    expect({ stdout, code }).toEqual({ stdout: 'Deleted gone\n', code: 0 })
    for (const path of [
      'apps/v1/deployments',
      'v1/services',
      'networking.k8s.io/v1/networkpolicies',
    ]) {
      expect((await call(`${path}/gone`)).status).toBe(404)
    }
    expect((await call('v1/secrets/gone.bento-history')).status).toBe(404)
    const again = await bento('deployment delete gone --yes')
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('DEPLOYMENT_NOT_FOUND')
  })

  test('lists what is deployed, and only what bento has deployed', async () => {
    await deploy('listed', 'v1')
    const { stdout } = await bento('deployment list -o json')
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ name: 'listed', image: 'bento.local/iris:v1', status: 'running' }),
    )
    expect((await bento('deployment list')).stdout).toMatch(
      /^listed +- +running +1\/1 +1 +bento\.local/m,
    )
  })
})

async function reasonOf(name: string): Promise<string> {
  const { stdout } = await bento(`deployment get ${name} -o json`)
  return textAt(JSON.parse(stdout), 'reason') ?? ''
}

async function waitUntil(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 50))
}
