import { BentoError } from '../../../errors.ts'

/** Who wrote an event. Function URLs write what HTTP APIs write. */
type EventKind = 'rest-api' | 'http-api' | 'load-balancer'

/** An HTTP request as an event tells it. */
export interface HttpEvent {
  readonly kind: EventKind
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly remote: string | undefined
  /** Whether the answer's headers must be lists. */
  readonly hasLists: boolean
}

/** The part of an event that is read; all of it comes from outside. */
type Fields = Readonly<Record<string, unknown>>

/** Reads an event of API Gateway (payload 1.0 and 2.0), a function URL or a load balancer. */
export function readEvent(event: unknown): HttpEvent {
  const fields = recordOf(event)
  const context = recordOf(fields['requestContext'])
  if (isRecord(context['http'])) return readHttpApi(fields, context)
  if (typeof fields['httpMethod'] === 'string') return readProxy(fields, context)
  throw new BentoError('BODY_INVALID', 'The event is none of an HTTP request', {
    hint: 'Call the function through a function URL, an API Gateway or a load balancer.',
  })
}

function readHttpApi(fields: Fields, context: Fields): HttpEvent {
  const http = recordOf(context['http'])
  const query = textOf(fields['rawQueryString'])
  const path = withoutStage(textOf(fields['rawPath']) || '/', textOf(context['stage']))
  const cookies = listOf(fields['cookies']).join('; ')
  return {
    kind: 'http-api',
    method: textOf(http['method']) || 'GET',
    path: joinPath(path, query),
    headers: { ...headersOf(fields), ...(cookies === '' ? {} : { cookie: cookies }) },
    body: bodyOf(fields),
    remote: textOf(http['sourceIp']) || undefined,
    hasLists: false,
  }
}

/** A named stage of an HTTP API is a part of the path; the default one is not. */
function withoutStage(path: string, stage: string): string {
  if (stage === '' || stage === '$default') return path
  return path === `/${stage}` || path.startsWith(`/${stage}/`)
    ? path.slice(stage.length + 1) || '/'
    : path
}

/** REST APIs and load balancers write the same shape. */
function readProxy(fields: Fields, context: Fields): HttpEvent {
  const isBalancer = isRecord(context['elb'])
  const identity = recordOf(context['identity'])
  const headers = headersOf(fields)
  const forwarded = headers['x-forwarded-for']?.split(',')[0]?.trim()
  return {
    kind: isBalancer ? 'load-balancer' : 'rest-api',
    method: textOf(fields['httpMethod']),
    path: joinPath(textOf(fields['path']) || '/', queryOf(fields, isBalancer)),
    headers,
    body: bodyOf(fields),
    remote: (isBalancer ? forwarded : textOf(identity['sourceIp'])) || undefined,
    hasLists: isRecord(fields['multiValueHeaders']),
  }
}

/** API Gateway decodes the query; a load balancer hands it on as it came. */
function queryOf(fields: Fields, isEncoded: boolean): string {
  const single = recordOf(fields['queryStringParameters'])
  const lists = recordOf(fields['multiValueQueryStringParameters'])
  const pairs = Object.entries({ ...single, ...lists }).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [key, textOf(one)]),
  )
  const write = isEncoded ? (text = ''): string => text : (text = '') => encodeURIComponent(text)
  return pairs.map(([key, value]) => `${write(key)}=${write(value)}`).join('&')
}

// Some hand the path on decoded: what a request line cannot hold is encoded again.
function joinPath(path: string, query: string): string {
  const safe = path.replaceAll(/[^\x21-\x7e]|[?#]/gu, (text) => encodeURIComponent(text))
  return query === '' ? safe : `${safe}?${query}`
}

/** Lower-case names; repeated headers are joined as node:http joins them. */
function headersOf(fields: Fields): Record<string, string> {
  const single = Object.entries(recordOf(fields['headers']))
  const lists = Object.entries(recordOf(fields['multiValueHeaders']))
  const all = [...single, ...lists].filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    all.map(([name, value]) => {
      const key = name.toLowerCase()
      return [
        key,
        Array.isArray(value) ? value.join(key === 'cookie' ? '; ' : ', ') : textOf(value),
      ]
    }),
  )
}

function bodyOf({ body, isBase64Encoded }: Fields): Buffer {
  if (typeof body !== 'string') return Buffer.alloc(0)
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8')
}

function recordOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
