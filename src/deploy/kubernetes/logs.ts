import type { Readable } from 'node:stream'
import { BentoError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import { inTurn, splitLines, together } from '../log-lines.ts'
import { interrupted } from '../rest-api.ts'
import type { LogLine, LogOptions } from '../target.ts'
import type { KubernetesApi } from './api.ts'
import { newestPods } from './diagnose.ts'
import { collectionPath } from './kinds.ts'

interface PodLogs extends LogOptions {
  readonly namespace: string
  readonly name: string
  readonly signal?: AbortSignal | undefined
}

/** The lines of every pod of a deployment; with several pods each line begins with its pod. */
export async function readLogs(
  api: KubernetesApi,
  deployment: unknown,
  options: PodLogs,
): Promise<AsyncIterable<LogLine>> {
  const { namespace, name, follow, lines, signal } = options
  const pods = (await newestPods(api, deployment, { namespace, name })).map(
    (pod) => textAt(pod, 'metadata', 'name') ?? '',
  )
  if (pods.length === 0) {
    throw new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no pods`, {
      hint: `Run \`bento deployment get ${name} --namespace ${namespace}\` to see why.`,
    })
  }
  const sources = pods.map(async (pod) => {
    const query = { container: 'bento', tailLines: String(lines), follow: String(follow) }
    const path = `${collectionPath('pods', namespace)}/${pod}/log`
    const stream = await api.stream(path, { query, ...(signal && { signal }) })
    return stream.statusCode === 200
      ? linesOf(stream, pod, { isMixed: pods.length > 1, signal })
      : complaintOf(stream, pod)
  })
  const opened = await Promise.all(sources)
  return follow ? together(opened) : inTurn(opened)
}

interface Read {
  readonly isMixed: boolean
  readonly signal: AbortSignal | undefined
}

async function* linesOf(
  stream: Readable,
  pod: string,
  { isMixed, signal }: Read,
): AsyncGenerator<LogLine> {
  try {
    for await (const text of splitLines(stream)) yield { text, replica: pod, isMixed }
  } catch (cause) {
    if (signal?.aborted === true) throw interrupted(cause)
    throw new BentoError(
      'DEPLOY_UNREACHABLE',
      `The log of the pod "${pod}" is cut off: ${messageOf(cause)}`,
      { hint: 'Try again.', cause },
    )
  }
}

// One pod that has no log yet must not hide what the others say.
async function* complaintOf(stream: Readable, pod: string): AsyncGenerator<LogLine> {
  stream.setEncoding('utf8')
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  yield { text: `no log: ${messageIn(text)}`, replica: pod, isMixed: true }
}

function messageIn(text: string): string {
  try {
    return textAt(JSON.parse(text), 'message') ?? text.trim()
  } catch {
    // Not every proxy answers in JSON.
    return text.trim()
  }
}
