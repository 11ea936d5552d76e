import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, jest } from '@jest/globals'
import { type Answer, type Call, KubernetesApi } from '../../../src/deploy/kubernetes/api.ts'
import { findAccess } from '../../../src/deploy/kubernetes/kubeconfig.ts'
import { textAt } from '../../../src/lib/records.ts'
import { runBento, type BentoResult, type RunBentoOptions } from '../../commands/run-bento.ts'
import { describeWith } from '../../describe-with.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const kubeconfig = process.env['KUBECONFIG'] ?? ''
// A rollout takes what a cluster takes.
jest.setTimeout(60_000)

/** Tests that need the cluster of KUBECONFIG: where there is none they are skipped, and that is said and counted. */
export function onCluster(body: () => void): void {
  describeWith('on a real API server', kubeconfig === '' ? ['a cluster in KUBECONFIG'] : [], body)
}

export interface Cluster {
  readonly api: () => KubernetesApi
  readonly namespace: string
  readonly bento: (
    line: string | readonly string[],
    options?: RunBentoOptions,
  ) => Promise<BentoResult>
  /** Calls the API below this namespace, as `apps/v1/deployments/iris`. */
  readonly call: (path: string, call?: Call) => Promise<Answer>
  /** Adds to an object without taking part in server-side apply, as `kubectl edit` does. */
  readonly edit: (path: string, merge: object) => Promise<void>
}

/** A namespace of this file's own, which goes away with it. */
export function openCluster(name: string): Cluster {
  const namespace = `test-${name}-${process.pid}`
  let api: KubernetesApi | undefined
  beforeAll(async () => {
    if (kubeconfig === '') return
    api = new KubernetesApi(await findAccess({ env: { KUBECONFIG: kubeconfig } }))
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    await api.call('/api/v1/namespaces', { method: 'POST', body })
  })
  afterAll(async () => {
    await api?.call(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' })
    api?.close()
  })
  const requireApi = (): KubernetesApi => {
    if (api === undefined) throw new Error('There is no cluster')
    return api
  }
  const call = async (path: string, options?: Call): Promise<Answer> => {
    const [group = '', ...rest] = path.split(/(?<=v\d\w*)\//)
    const base = group === 'v1' ? '/api/v1' : `/apis/${group}`
    const target = `${base}/namespaces/${namespace}/${rest.join('/')}`
    return requireApi().call(target, options)
  }
  return {
    namespace,
    call,
    api: requireApi,
    async edit(path, merge) {
      const contentType = 'application/merge-patch+json'
      const query = { fieldManager: 'kubectl-edit' }
      await call(path, { method: 'PATCH', contentType, query, body: merge })
    },
    async bento(line, options = {}) {
      const words = typeof line === 'string' ? line.split(' ') : line
      return runBento([...words, '--namespace', namespace], {
        ...options,
        env: { KUBECONFIG: kubeconfig, ...options.env },
      })
    },
  }
}

export async function deploymentFile(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'deployment.yaml')
  await writeFile(file, text)
  return file
}

export function imageOf(answer: Answer): string | undefined {
  return textAt(answer.body, 'spec', 'template', 'spec', 'containers', 0, 'image')
}
