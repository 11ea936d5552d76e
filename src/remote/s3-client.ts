import { Readable } from 'node:stream'
import { AwsV4Signer } from 'aws4fetch'
import { type AwsAccess, findAccess } from '../aws/credentials.ts'
import { BentoError } from '../errors.ts'
import { readLimited } from '../registry/client.ts'
import { textOf, Transport, type WireRequest, type WireResponse } from '../registry/transport.ts'
import type { RemoteOptions } from './remote.ts'

/** What an object is read from and written to: the bytes that are sent may be read more than once. */
export interface ObjectBody {
  readonly size: number
  open(start: number, end: number): AsyncIterable<Uint8Array>
}

/** Objects of one bucket, of AWS or of whatever AWS_ENDPOINT_URL names. */
export class S3Client {
  readonly #bucket: string
  readonly #base: URL
  readonly #access: AwsAccess
  readonly #transport: Transport

  private constructor(bucket: string, options: RemoteOptions, access: AwsAccess) {
    const { env } = options
    this.#bucket = bucket
    this.#base = baseOf(bucket, access.region, env)
    this.#access = access
    this.#transport = new Transport(options)
  }

  static async open(bucket: string, options: RemoteOptions): Promise<S3Client> {
    return new S3Client(
      bucket,
      options,
      await findAccess(options.env, { usualRegion: 'us-east-1' }),
    )
  }

  /** Size of an object, or undefined. */
  async findSize(key: string): Promise<number | undefined> {
    const answer = await this.#send('HEAD', key)
    await answer.body.dump()
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw await this.#refused(key, answer)
    return Number(answer.header('content-length'))
  }

  /** A small object whole, or undefined. */
  async find(key: string): Promise<Buffer | undefined> {
    const answer = await this.#send('GET', key)
    if (answer.status === 200) return readLimited(answer.body, 4 << 20)
    if (answer.status !== 404) throw await this.#refused(key, answer)
    await answer.body.dump()
    return undefined
  }

  /** An object from a byte on. */
  async get(key: string, at: number): Promise<WireResponse> {
    const answer = await this.#send('GET', key, {
      headers: at === 0 ? {} : { range: `bytes=${at}-` },
    })
    if (answer.status === 200 || answer.status === 206) return answer
    throw await this.#refused(key, answer)
  }

  async put(key: string, body: ObjectBody): Promise<void> {
    const answer = await this.#send('PUT', key, { body, range: [0, body.size] })
    if (answer.status !== 200) throw await this.#refused(key, answer)
    await answer.body.dump()
  }

  /** A request of an upload in parts; `query` says which. Gives the answer's text and ETag. */
  async part(
    method: 'GET' | 'POST' | 'PUT',
    key: string,
    options: SendOptions,
  ): Promise<{ text: string; etag: string }> {
    const answer = await this.#send(method, key, options)
    if (answer.status !== 200) throw await this.#refused(key, answer)
    const text = (await readLimited(answer.body, 8 << 20)).toString()
    return { text, etag: answer.header('etag') ?? '' }
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #send(
    method: WireRequest['method'],
    key: string,
    { body, range: [start, end] = [0, 0], query = {}, headers = {} }: SendOptions = {},
  ): Promise<WireResponse> {
    const path = key.split('/').map(encodeURIComponent).join('/')
    const url = new URL(`${this.#base.pathname}${path}`, this.#base)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const signed = await this.#sign(method, url, headers)
    const open = (): Readable | null =>
      body === undefined ? null : Readable.from(body.open(start, end), { objectMode: false })
    const length = body === undefined ? {} : { 'content-length': String(end - start) }
    return this.#transport.send({ method, url, headers: { ...signed, ...length }, body: open })
  }

  async #sign(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Record<string, string>> {
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      service: 's3',
      region: this.#access.region,
      ...this.#access.credentials,
    })
    const signed = await signer.sign()
    return Object.fromEntries(signed.headers.entries())
  }

  async #refused(key: string, answer: WireResponse): Promise<BentoError> {
    const text = await textOf(answer)
    const said = /<Message>([^<]{1,300})/.exec(text)?.[1]
    const what = `"s3://${this.#bucket}/${key}"`
    const isDenied = answer.status === 401 || answer.status === 403
    return new BentoError(
      isDenied ? 'REGISTRY_DENIED' : 'REGISTRY_FAILED',
      `S3 answered ${answer.status} to ${what}${said === undefined ? '' : `: ${said}`}`,
      {
        hint: isDenied
          ? 'Check whose keys those are, and what it may do in this bucket.'
          : 'Check the bucket, AWS_REGION and AWS_ENDPOINT_URL.',
      },
    )
  }
}

interface SendOptions {
  readonly body?: ObjectBody
  /** Bytes of the body; the end is the first that is not wanted. */
  readonly range?: readonly [number, number]
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** An endpoint of one's own has the bucket in the path: its host may have no names below it. */
function baseOf(bucket: string, region: string, env: RemoteOptions['env']): URL {
  const own = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']
  if (own === undefined || own === '') {
    const host = `s3.${region}.amazonaws.com`
    // A certificate for all buckets covers no dots.
    return new URL(
      bucket.includes('.') ? `https://${host}/${bucket}/` : `https://${bucket}.${host}/`,
    )
  }
  if (URL.canParse(own)) return new URL(`${own.replace(/\/$/, '')}/${bucket}/`)
  throw new BentoError('USAGE', `AWS_ENDPOINT_URL is "${own}", which is no address`, {
    hint: 'Set it as https://HOST:PORT.',
  })
}
