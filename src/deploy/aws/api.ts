import { AwsClient } from 'aws4fetch'
import type { AwsAccess, Env } from '../../aws/credentials.ts'
import { BentoError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'

export interface AwsCall {
  /** As `lambda`, `ecr`, `iam`, `logs`. */
  readonly service: string
  readonly method?: string
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface AwsAnswer {
  readonly status: number
  readonly body: unknown
  /** Name of the error, as `ResourceNotFoundException`; empty for a success. */
  readonly error: string
}

const timeoutMs = 60_000
const tries = 4

/** AWS's APIs, signed. */
export class AwsApi {
  readonly region: string
  readonly #client: AwsClient
  readonly #env: Env
  readonly #signal: AbortSignal | undefined

  constructor({ region, credentials }: AwsAccess, env: Env, signal?: AbortSignal) {
    this.region = region
    this.#env = env
    this.#signal = signal
    // It tries again what was throttled or failed inside AWS.
    this.#client = new AwsClient({ ...credentials, region, retries: tries, initRetryMs: 100 })
  }

  async call({
    service,
    method = 'GET',
    path = '/',
    query,
    headers,
    body,
  }: AwsCall): Promise<AwsAnswer> {
    const url = new URL(path, this.#endpoint(service))
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value)
    const signals = [AbortSignal.timeout(timeoutMs), ...(this.#signal ? [this.#signal] : [])]
    const answer = await this.#send(url, {
      method,
      ...(headers === undefined ? {} : { headers: { ...headers } }),
      ...(body === undefined ? {} : { body }),
      aws: { service, region: service === 'iam' ? 'us-east-1' : this.region },
      signal: AbortSignal.any(signals),
    })
    const text = await answer.text()
    const parsed = parse(text)
    return { status: answer.status, body: parsed, error: answer.ok ? '' : nameOf(answer, parsed) }
  }

  /** A call of an API whose operations are named in a header, with JSON both ways. */
  json(service: string, target: string, body: object): Promise<AwsAnswer> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
    return this.call({ service, method: 'POST', headers, body: JSON.stringify(body) })
  }

  async #send(url: URL, init: Parameters<AwsClient['fetch']>[1]): Promise<Response> {
    try {
      return await this.#client.fetch(url, init)
    } catch (cause) {
      if (this.#signal?.aborted === true) throw interrupted(cause)
      throw new BentoError(
        'DEPLOY_UNREACHABLE',
        `AWS does not answer at ${url.host}: ${messageOf(cause)}`,
        { hint: 'Check the network and the region, and try again.', cause },
      )
    }
  }

  /** As AWS's own tools find another one. */
  #endpoint(service: string): string {
    const own = this.#env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`]
    const host = service === 'ecr' ? 'api.ecr' : service
    const domain = this.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
    const place = service === 'iam' ? host : `${host}.${this.region}`
    return own ?? this.#env['AWS_ENDPOINT_URL'] ?? `https://${place}.${domain}`
  }
}

function interrupted(cause: unknown): BentoError {
  return new BentoError('INTERRUPTED', 'Stopped before it was done', {
    hint: 'Deploy again to finish: what is applied already stays as it is.',
    cause,
  })
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

function nameOf({ headers, status }: Response, body: unknown): string {
  const name = headers.get('x-amzn-errortype') ?? textAt(body, '__type')
  // With a namespace before it, or an address behind.
  return name?.replace(/^.*#/, '').replace(/:.*$/, '') ?? xmlCode(body) ?? `HTTP ${status}`
}

function xmlCode(body: unknown): string | undefined {
  return typeof body === 'string' ? /<Code>([^<]+)<\/Code>/.exec(body)?.[1] : undefined
}

/** The body of a success. Throws DEPLOY_REFUSED, in AWS's own words. */
export function requireOk(answer: AwsAnswer, what: string): unknown {
  if (answer.error === '') return answer.body
  throw refused(answer, what)
}

function refused({ status, body, error }: AwsAnswer, what: string): BentoError {
  const message =
    textAt(body, 'message') ??
    textAt(body, 'Message') ??
    (typeof body === 'string' ? (/<Message>([^<]+)</.exec(body)?.[1] ?? body.slice(0, 500)) : '')
  return new BentoError('DEPLOY_REFUSED', `AWS refused ${what} with ${error}: ${message}`, {
    hint: hintFor(status, error),
  })
}

function hintFor(status: number, error: string): string {
  const known = hints.find(([pattern]) => pattern.test(error))
  if (known !== undefined) return known[1]
  if (status === 403) return denied
  return status >= 500
    ? 'Try again: AWS failed, not the deployment.'
    : 'Correct it in the deployment.yaml.'
}

const denied = 'Give the user or role that right in IAM.'

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /Expired|InvalidClientToken|UnrecognizedClient|Signature/,
    'Log in to AWS again: the credentials are not valid.',
  ],
  [/AccessDenied/, denied],
  [/Limit|Throttl|TooManyRequests|Quota/, 'Ask AWS for a higher quota, or try again later.'],
  [/Conflict|PreconditionFailed/, 'Somebody else changes the function now: try again.'],
]
