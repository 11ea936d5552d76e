import { listAt, numberAt, textAt } from '../../lib/records.ts'
import type { DeploymentStatus } from '../target.ts'
import type { KubernetesApi } from './api.ts'
import { revisionAnnotation } from './apply.ts'
import { conditionOf } from './diagnose.ts'
import { collectionPath } from './kinds.ts'
import { bentoAnnotation } from './labels.ts'
import { progressOf } from './rollout.ts'

/** What a Deployment of ours says of itself, for a person and for scripts. */
export function statusOf(deployment: unknown): DeploymentStatus {
  const { isDone, ready, replicas, text } = progressOf(deployment)
  const revision = textAt(deployment, 'metadata', 'annotations', revisionAnnotation)
  return {
    name: textAt(deployment, 'metadata', 'name') ?? '',
    bento: textAt(deployment, 'metadata', 'annotations', bentoAnnotation) ?? null,
    image: imageOf(deployment),
    status: wordFor(deployment, { isDone, replicas }),
    ready,
    replicas,
    revision: revision === undefined ? null : Number(revision),
    url: null,
    created_at: textAt(deployment, 'metadata', 'creationTimestamp') ?? '',
    reason: isDone ? null : text,
  }
}

function imageOf(deployment: unknown): string {
  const [container] = listAt(deployment, 'spec', 'template', 'spec', 'containers')
  return textAt(container, 'image') ?? ''
}

function wordFor(
  deployment: unknown,
  { isDone, replicas }: { readonly isDone: boolean; readonly replicas: number },
): DeploymentStatus['status'] {
  if (isDone) return replicas === 0 ? 'scaled-to-zero' : 'running'
  const progressing = textAt(conditionOf(deployment, 'Progressing'), 'status')
  const isSettled =
    textAt(conditionOf(deployment, 'Progressing'), 'reason') === 'NewReplicaSetAvailable'
  return progressing === 'False' || isSettled ? 'unhealthy' : 'deploying'
}

/** Where it can be called, as far as the cluster says. */
export async function findUrl(
  api: KubernetesApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<string | null> {
  const ingress = await api.call(`${collectionPath('Ingress', namespace)}/${name}`)
  if (ingress.status === 200) return ingressUrl(ingress.body)
  const service = await api.call(`${collectionPath('Service', namespace)}/${name}`)
  if (service.status !== 200) return null
  const [port] = listAt(service.body, 'spec', 'ports')
  const number = numberAt(port, 'port') ?? 80
  const [balancer] = listAt(service.body, 'status', 'loadBalancer', 'ingress')
  const host = textAt(balancer, 'hostname') ?? textAt(balancer, 'ip') ?? `${name}.${namespace}.svc`
  return `http://${host}${number === 80 ? '' : `:${number}`}`
}

function ingressUrl(ingress: unknown): string {
  const [rule] = listAt(ingress, 'spec', 'rules')
  const [first] = listAt(rule, 'http', 'paths')
  const path = (textAt(first, 'path') ?? '/').replace(/\/$/, '')
  const scheme = listAt(ingress, 'spec', 'tls').length > 0 ? 'https' : 'http'
  return `${scheme}://${textAt(rule, 'host') ?? ''}${path}`
}
