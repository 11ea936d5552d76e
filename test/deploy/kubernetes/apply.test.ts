import { expect, test } from '@jest/globals'
import { listAt, numberAt, textAt } from '../../../src/lib/records.ts'
import { onCluster, deploymentFile, imageOf, openCluster } from './cluster.ts'

const cluster = openCluster('apply')
const { bento, call, edit } = cluster

const deploy = 'deploy --target kubernetes --image bento.local/iris:v1 --name'

onCluster(() => {
  test('deploys, and the same again changes nothing', async () => {
    const first = await bento(`${deploy} same -o json`)
    expect(JSON.parse(first.stdout)).toMatchObject({
      name: 'same',
      revision: 1,
      changed: ['Service/same', 'Deployment/same'],
      pruned: [],
      status: { status: 'running', ready: 1, replicas: 1 },
    })
    const second = await bento(`${deploy} same -o json`)
    expect(JSON.parse(second.stdout)).toMatchObject({ revision: 1, changed: [], pruned: [] })
  })

  test('plans against what runs, and changes nothing', async () => {
    expect((await bento(`${deploy} planned --plan`)).stdout).toMatch(/Plan: 2 to create/)
    expect((await call('apps/v1/deployments/planned')).status).toBe(404)
    await bento(`${deploy} planned`)
    expect((await bento(`${deploy} planned --plan`)).stdout).toBe('Nothing would change\n')
    const { stdout } = await bento(
      'deploy -t kubernetes --image bento.local/iris:v2 --name planned --plan',
    )
    expect(stdout).toMatchInlineSnapshot(`
"~ Deployment/planned
            containers:
              - name: bento
    -           image: "bento.local/iris:v1"
    +           image: "bento.local/iris:v2"
                ports:
                  - name: http
Plan: 0 to create, 1 to update, 0 to delete
"
`)
    expect(imageOf(await call('apps/v1/deployments/planned'))).toBe('bento.local/iris:v1')
  })

  test('removes what is no longer rendered', async () => {
    const file = await deploymentFile(`
name: pruned
target: kubernetes
image: bento.local/iris:v1
kubernetes:
  disruption_budget: { max_unavailable: 1 }
  network_policy: true
  ingress: { host: iris.example.com }
`)
    await bento(['deploy', '-f', file])
    expect((await call('policy/v1/poddisruptionbudgets/pruned')).status).toBe(200)
    const plan = await bento(`${deploy} pruned --plan`)
    expect(plan.stdout).toContain('- Ingress/pruned')
    const { stdout } = await bento(`${deploy} pruned -o json`)
    expect(JSON.parse(stdout)).toMatchObject({
      changed: ['Deployment/pruned'],
      pruned: ['NetworkPolicy/pruned', 'PodDisruptionBudget/pruned', 'Ingress/pruned'],
    })
    expect((await call('policy/v1/poddisruptionbudgets/pruned')).status).toBe(404)
    expect((await call('v1/services/pruned')).status).toBe(200)
  })

  test('names who has changed what it would change, and overwrites it only by force', async () => {
    await bento(`${deploy} drifted`)
    await edit('apps/v1/deployments/drifted', { spec: { replicas: 3 } })
    const plan = await bento(`${deploy} drifted --plan`)
    expect(plan.stdout).toContain('replicas: 3')
    const refused = await bento(`${deploy} drifted`)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('DEPLOY_CONFLICT')
    expect(refused.stderr).toContain(
      'Deployment/drifted.spec.replicas: "kubectl-edit" using apps/v1',
    )
    await bento(`${deploy} drifted --force`)
    const { body } = await call('apps/v1/deployments/drifted')
    expect(numberAt(body, 'spec', 'replicas')).toBe(1)
  })

  test('lets stand what others add beside', async () => {
    await bento(`${deploy} beside`)
    await edit('v1/services/beside', { metadata: { annotations: { cloud: 'balancer' } } })
    expect((await bento(`${deploy} beside`)).stdout).toContain('nothing changed')
    const { body } = await call('v1/services/beside')
    expect(textAt(body, 'metadata', 'annotations', 'cloud')).toBe('balancer')
  })

  test("never touches somebody else's objects of the same name", async () => {
    const foreign = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'foreign' },
      spec: { ports: [{ port: 5432 }], selector: { app: 'database' } },
    }
    await call('v1/services', { method: 'POST', body: foreign })
    const { code, stderr } = await bento(`${deploy} foreign`)
    expect(code).toBe(1)
    expect(stderr).toContain('DEPLOY_CONFLICT: Service/foreign is there already')
    expect((await call('apps/v1/deployments/foreign')).status).toBe(404)
  })

  test('keeps the replicas that run when an autoscaler takes over, and takes them back', async () => {
    const scaled = ['--scaling-min', '3', '--set', 'kubernetes.resources.requests.cpu=100m']
    await bento([...`${deploy} scaled`.split(' '), ...scaled])
    const replicas = async (): Promise<number | undefined> =>
      numberAt((await call('apps/v1/deployments/scaled')).body, 'spec', 'replicas')
    expect(await replicas()).toBe(3)
    const result = await bento([
      ...`${deploy} scaled -o json`.split(' '),
      ...scaled,
      '--scaling-max',
      '5',
    ])
    expect(JSON.parse(result.stdout)).toMatchObject({
      changed: ['Deployment/scaled', 'HorizontalPodAutoscaler/scaled'],
    })
    expect(await replicas()).toBe(3)
    const back = await bento([...`${deploy} scaled -o json`.split(' '), '--scaling-min', '2'])
    expect(JSON.parse(back.stdout)).toMatchObject({ pruned: ['HorizontalPodAutoscaler/scaled'] })
    expect(await replicas()).toBe(2)
  })

  test('takes the replicas back from an autoscaler that has gone, not from one that scales', async () => {
    await bento(`${deploy} freed`)
    const scale = async (replicas: number): Promise<unknown> =>
      call('apps/v1/deployments/freed/scale', {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        query: { fieldManager: 'kube-controller-manager' },
        body: { spec: { replicas } },
      })
    await scale(3)
    const freed = await bento(`${deploy} freed --scaling-min 2`)
    expect([freed.code, freed.stderr]).toEqual([0, expect.stringContaining('2 of 2 replicas')])
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'freed' }
    await call('autoscaling/v2/horizontalpodautoscalers', {
      method: 'POST',
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'theirs' },
        spec: { scaleTargetRef, minReplicas: 3, maxReplicas: 3 },
      },
    })
    await scale(3)
    const { code, stderr } = await bento(`${deploy} freed --scaling-min 2`)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/DEPLOY_CONFLICT[^]*spec\.replicas/)])
  })

  test('refuses what the cluster refuses before anything is applied', async () => {
    const set =
      'kubernetes.patches=[{kind: Deployment, merge: {spec: {template: {spec: {containres: []}}}}}]'
    const { code, stderr } = await bento([...`${deploy} strict`.split(' '), '--set', set])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^DEPLOY_REFUSED: .*containres/m)
    expect((await call('v1/services/strict')).status).toBe(404)
  })

  test('says which part is missing when the cluster does not know a kind', async () => {
    const words = `${deploy} kinds --set kubernetes.service_monitor=true`
    const { code, stderr } = await bento(words)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /DEPLOY_REFUSED: The cluster does not know what a ServiceMonitor is\n.*Prometheus operator/,
    )
  })

  test('lets two deployers at once both end well, one after the other', async () => {
    const images = ['bento.local/iris:v1', 'bento.local/iris:v2', 'bento.local/iris:v3']
    const results = await Promise.all(
      images.map((image) =>
        bento(
          `deploy -t kubernetes --name both --image ${image} --no-wait --scaling-min 2 -o json`,
        ),
      ),
    )
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0])
    const { stdout } = await bento('deployment get both -o json')
    expect(JSON.parse(stdout)).toMatchObject({ revision: 3 })
    const { body } = await call('v1/secrets/both.bento-history')
    expect(textAt(body, 'metadata', 'annotations', 'bentojs/holder')).toBe('')
    expect(listAt(JSON.parse(stdout), 'revisions')).toHaveLength(3)
  })
})
