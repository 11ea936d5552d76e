import { expect, test } from '@jest/globals'
import type { KubernetesApi } from '../../../src/deploy/kubernetes/api.ts'
import { DeploymentState, type Revision } from '../../../src/deploy/kubernetes/state.ts'
import { onCluster, openCluster } from './cluster.ts'

const cluster = openCluster('state')

// A busy machine may need a second for one call, which must not look like a death.
const timing = { staleMs: 1200, giveUpMs: 3000, pollMs: 20 }

function revision(number: number): Revision {
  return { revision: number, bento: null, image: 'a', at: '', status: 'deployed', objects: [] }
}

function stateOf(api: KubernetesApi, name: string): DeploymentState {
  return new DeploymentState(api, { name, namespace: cluster.namespace, timing })
}

onCluster(() => {
  test('takes the lock of a deployer that has died', async () => {
    const api = cluster.api()
    const dead = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'bentojs/history',
      metadata: { name: 'dead.bento-history', annotations: { 'bentojs/holder': 'somebody 0' } },
    }
    await cluster.call('v1/secrets', { method: 'POST', body: dead })
    await stateOf(api, 'dead').locked(async ({ save }) => save([revision(1)]))
    expect(await stateOf(api, 'dead').revisions()).toEqual([revision(1)])
  })

  test('waits for a deployer that is alive, and gives up in the end', async () => {
    const api = cluster.api()
    const stop = new AbortController()
    let isHeld = (): void => undefined
    const held = new Promise<void>((resolve) => {
      isHeld = resolve
    })
    const first = stateOf(api, 'busy').locked(async ({ renew }) => {
      isHeld()
      while (!stop.signal.aborted) {
        await renew()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    await held
    const second = stateOf(api, 'busy').locked(async () => undefined)
    await expect(second).rejects.toMatchObject({ code: 'DEPLOY_BUSY' })
    stop.abort()
    await first
  })

  test('stops a deployer that was taken for dead before it overwrites anything', async () => {
    const api = cluster.api()
    const slow = stateOf(api, 'slow').locked(async ({ save }) => {
      await stateOf(api, 'slow').locked(async (other) => other.save([revision(2)]))
      await save([revision(1)])
    })
    await expect(slow).rejects.toMatchObject({ code: 'DEPLOY_BUSY' })
    expect(await stateOf(api, 'slow').revisions()).toEqual([revision(2)])
  })

  test('keeps the last ten revisions', async () => {
    const api = cluster.api()
    const all = Array.from({ length: 14 }, (_, at) => revision(at + 1))
    await stateOf(api, 'many').locked(async ({ save }) => save(all))
    expect(await stateOf(api, 'many').revisions()).toEqual(all.slice(-10))
  })
})
