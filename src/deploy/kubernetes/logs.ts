import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BentoError } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import type { LogOptions } from '../target.ts'
import type { KubernetesApi } from './api.ts'
import { newestPods } from './diagnose.ts'
import { collectionPath } from './kinds.ts'

/** The lines of every pod of a deployment; with several pods each line begins with its pod. */
export async function readLogs(
  api: KubernetesApi,
  deployment: unknown,
  options: LogOptions & { readonly namespace: string; readonly name: string },
): Promise<AsyncIterable<string>> {
  const { namespace, name, follow, lines } = options
  const pods = (await newestPods(api, deployment, { namespace, name })).map(
    (pod) => textAt(pod, 'metadata', 'name') ?? '',
  )
  if (pods.length === 0) {
    throw new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no pods`, {
      hint: `Run \`bento deployment get ${name}\` to see why.`,
    })
  }
  const sources = pods.map(async (pod) => {
    const query = { container: 'bento', tailLines: String(lines), follow: String(follow) }
    const path = `${collectionPath('pods', namespace)}/${pod}/log`
    const stream = await api.stream(path, { query })
    const prefix = pods.length === 1 ? '' : `${pod}: `
    return stream.statusCode === 200 ? linesOf(stream, prefix) : complaintOf(stream, pod)
  })
  const opened = await Promise.all(sources)
  return follow ? merge(opened) : concatenate(opened)
}

async function* linesOf(stream: Readable, prefix: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    yield `${prefix}${line}`
  }
}

// One pod that has no log yet must not hide what the others say.
async function* complaintOf(stream: Readable, pod: string): AsyncGenerator<string> {
  stream.setEncoding('utf8')
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  yield `${pod}: no log: ${messageIn(text)}`
}

function messageIn(text: string): string {
  try {
    return textAt(JSON.parse(text), 'message') ?? text.trim()
  } catch {
    // Not every proxy answers in JSON.
    return text.trim()
  }
}

async function* concatenate(sources: readonly AsyncGenerator<string>[]): AsyncGenerator<string> {
  for (const source of sources) yield* source
}

/** Each line as it comes, from whichever source. */
async function* merge(sources: readonly AsyncGenerator<string>[]): AsyncGenerator<string> {
  const turns = new Map(sources.map((source) => [source, next(source)]))
  while (turns.size > 0) {
    const { source, result } = await Promise.race(turns.values())
    if (result.done === true) {
      turns.delete(source)
    } else {
      turns.set(source, next(source))
      yield result.value
    }
  }
}

async function next(source: AsyncGenerator<string>): Promise<Turn> {
  return { source, result: await source.next() }
}

interface Turn {
  readonly source: AsyncGenerator<string>
  readonly result: IteratorResult<string, unknown>
}
