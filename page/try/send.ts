import type { Endpoint } from './endpoints.ts'
import type { Request } from './request.ts'
import { isObject, listOf } from './schema.ts'
import { type StreamReader, readerOf } from './stream.ts'
import { readTiming, type Timing } from './timing.ts'

export interface Problem {
  readonly at: readonly (string | number)[]
  readonly message: string
}

export type Content =
  | { readonly type: 'json'; readonly text: string; readonly value: unknown }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly blob: Blob; readonly name: string }
  | { readonly type: 'items'; readonly items: readonly string[]; readonly isOver: boolean }

export interface Answer {
  readonly status: number
  readonly content: Content
  /** What the browser measured: until the first byte of the body, until the last. */
  readonly firstMs: number
  readonly wholeMs: number
  readonly timing: Timing | undefined
  readonly problems: readonly Problem[]
}

interface SendInput {
  readonly endpoint: Endpoint
  readonly request: Request
  readonly key: string
  readonly signal: AbortSignal
  /** Told again and again while a stream comes. */
  readonly onPart: (answer: Answer) => void
}

/** Sends a request and reads its answer. Throws what fetch throws when nobody answers. */
export async function send(input: SendInput): Promise<Answer> {
  const { endpoint, request, signal } = input
  const startedAt = performance.now()
  const response = await fetch(`.${request.path}`, {
    method: 'POST',
    headers: headersOf(input),
    body: bodyOf(request),
    signal,
    cache: 'no-store',
  })
  const firstMs = performance.now() - startedAt
  const answer = (content: Content): Answer => ({
    status: response.status,
    content,
    firstMs,
    wholeMs: performance.now() - startedAt,
    timing: readTiming(response.headers.get('server-timing')),
    problems: response.ok ? [] : problemsOf(content),
  })
  if (!endpoint.stream || !response.ok || !response.body) return answer(await contentOf(response))
  const reader = readerOf(endpoint.stream)
  await readStream(response.body, reader, (items) =>
    input.onPart(answer({ type: 'items', items, isOver: false })),
  )
  return answer({ type: 'items', items: reader.items, isOver: true })
}

function headersOf({ request, key }: SendInput): Headers {
  const headers = new Headers({ 'x-bento-timing': '1' })
  // A form's own type says where its parts end: the browser writes it.
  if (request.body.type !== 'parts') headers.set('content-type', request.contentType)
  if (key !== '') headers.set('authorization', `Bearer ${key}`)
  return headers
}

function bodyOf({ body }: Request): BodyInit {
  if (body.type === 'file') return body.file
  if (body.type !== 'parts') return body.text
  const form = new FormData()
  for (const part of body.parts) {
    if ('file' in part) form.append(part.name, part.file)
    else form.append(part.name, part.text)
  }
  return form
}

async function readStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  reader: StreamReader,
  onItems: (items: readonly string[]) => void,
): Promise<void> {
  const texts = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await texts.read()
    if (done) return
    reader.take(value)
    onItems(reader.items)
  }
}

async function contentOf(response: Response): Promise<Content> {
  const type = response.headers.get('content-type') ?? ''
  if (/^application\/(?:[\w.-]+\+)?json/.test(type)) {
    const text = await response.text()
    return { type: 'json', text, value: parse(text) }
  }
  if (type.startsWith('text/plain') && !isAttachment(response)) {
    return { type: 'text', text: await response.text() }
  }
  return { type: 'file', blob: await response.blob(), name: nameOf(response) }
}

function isAttachment({ headers }: Response): boolean {
  return headers.get('content-disposition')?.startsWith('attachment') ?? false
}

function nameOf({ headers }: Response): string {
  const disposition = headers.get('content-disposition') ?? ''
  const [, name = 'answer'] = /filename="?([^";]+)/.exec(disposition) ?? []
  return name
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // NaN and its like, where the service writes them as Python does: shown as the text that it is.
    return text
  }
}

/** What an error says of the places of the input. */
function problemsOf(content: Content): Problem[] {
  const body = content.type === 'json' ? content.value : undefined
  return listOf(isObject(body) ? body['detail'] : undefined)
    .filter(isObject)
    .map(({ loc, msg }) => ({
      at: listOf(loc).map((one) => (typeof one === 'number' ? one : String(one))),
      message: String(msg),
    }))
}
