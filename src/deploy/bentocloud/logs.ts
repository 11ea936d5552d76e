import { randomUUID } from 'node:crypto'
import { BentoError } from '../../errors.ts'
import { listAt, textAt, valueAt } from '../../lib/records.ts'
import { inTurn, together } from '../log-lines.ts'
import type { LogLine, LogOptions } from '../target.ts'
import type { CloudApi } from './cloud-api.ts'
import { readSocket } from './socket.ts'

interface CloudLogs extends LogOptions {
  readonly name: string
  readonly signal?: AbortSignal | undefined
}

interface Pod {
  readonly name: string
  readonly namespace: string
}

/** The lines of every pod that serves, as BentoML's own client asks for them; with several pods each begins with its pod. */
export async function* readLogs(
  api: CloudApi,
  deployment: unknown,
  options: CloudLogs,
): AsyncGenerator<LogLine> {
  const pods = await listPods(api, deployment, options)
  if (pods.length === 0) throw podless(options.name)
  const cluster = textAt(deployment, 'cluster', 'name') ?? ''
  const logs = pods.map((pod) => {
    return linesOf(api, pod, { ...options, cluster, isMixed: pods.length > 1 })
  })
  yield* options.follow ? together(logs) : inTurn(logs)
}

/** The first message has them all. */
async function listPods(
  api: CloudApi,
  deployment: unknown,
  { name, signal }: CloudLogs,
): Promise<Pod[]> {
  const query = {
    organization_name: textAt(deployment, 'cluster', 'organization_name') ?? '',
    cluster: textAt(deployment, 'cluster', 'name') ?? '',
  }
  const address = api.socket(`v2/deployments/${name}/pods`, query)
  for await (const message of readSocket(address, { signal })) {
    const pods = listAt(message, 'payload')
    return pods.filter((pod) => !isBuilder(pod)).map(podOf)
  }
  return []
}

function isBuilder(pod: unknown): boolean {
  return textAt(pod, 'labels', 'yatai.ai/is-bento-image-builder') === 'true'
}

function podOf(pod: unknown): Pod {
  return { name: textAt(pod, 'name') ?? '', namespace: textAt(pod, 'namespace') ?? '' }
}

interface PodLog extends CloudLogs {
  readonly cluster: string
  readonly isMixed: boolean
}

async function* linesOf(
  api: CloudApi,
  pod: Pod,
  { cluster, isMixed, follow, lines, signal }: PodLog,
): AsyncGenerator<LogLine> {
  const query = { namespace: pod.namespace, pod_name: pod.name, timestamps: 'false' }
  const address = api.socket(`v1/clusters/${cluster}/tail`, query)
  const asked = { id: randomUUID(), container_name: 'main', follow, tail_lines: lines }
  const first = { type: 'data', payload: asked }
  for await (const message of readSocket(address, { first, signal })) {
    if (textAt(message, 'type') === 'success' && textAt(message, 'message') === 'EOF') return
    for (const item of listAt(valueAt(message, 'payload'), 'items')) {
      yield* textOf(item).map((text) => ({ text, replica: pod.name, isMixed }))
    }
  }
}

/** Lines come in Base64. */
function textOf(item: unknown): string[] {
  return Buffer.from(String(item), 'base64').toString('utf8').trimEnd().split('\n')
}

function podless(name: string): BentoError {
  return new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no pods on BentoCloud`, {
    hint: `Run \`bento deployment get ${name} -t bentocloud\` to see why.`,
  })
}
