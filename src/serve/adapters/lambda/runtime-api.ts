import { Agent, type IncomingMessage, request } from 'node:http'
import { types } from 'node:util'
import { messageOf } from '../../../errors.ts'
import type { AppResponse } from '../../app.ts'
import { renderPrelude } from './answer.ts'

/** One event that Lambda hands out. */
export interface LambdaInvocation {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly deadlineMs: number
  readonly event: unknown
}

/** Lambda's Runtime API, as of 2018-06-01: what a container image brings itself. */
export class RuntimeApi {
  readonly #host: string
  // Connections are kept over the freeze; one at a time is all that there is.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  /** `host` as AWS_LAMBDA_RUNTIME_API says it. */
  constructor(host: string) {
    this.#host = host
  }

  /** Waits for the next event, however long that takes. The process is frozen meanwhile. */
  async next(): Promise<LambdaInvocation> {
    const answer = await this.#call('GET', 'invocation/next', {})
    const { headers } = answer
    return {
      id: String(headers['lambda-runtime-aws-request-id']),
      deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
      event: JSON.parse(answer.text),
    }
  }

  async respond(id: string, answer: object): Promise<void> {
    const type = 'application/json'
    await this.#call('POST', `invocation/${id}/response`, { type, body: JSON.stringify(answer) })
  }

  /** Sends an answer while it is made. What fails halfway is told in trailers. */
  async stream(id: string, answer: AppResponse): Promise<void> {
    const sent = this.#open('POST', `invocation/${id}/response`, {
      'content-type': 'application/vnd.awslambda.http-integration-response',
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked',
      trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    })
    const answered = wholeAnswer(sent)
    // Awaited below, when the body is through.
    answered.catch(() => undefined)
    const write = (bytes: Uint8Array): Promise<void> =>
      new Promise((resolve, reject) =>
        sent.write(bytes, (error) => (error ? reject(error) : resolve())),
      )
    await write(renderPrelude(answer))
    try {
      if (Buffer.isBuffer(answer.body)) await write(answer.body)
      else for await (const chunk of answer.body) await write(chunk)
    } catch (error) {
      sent.addTrailers(errorTrailers(error))
    }
    sent.end()
    await answered
  }

  async fail(id: string, error: unknown): Promise<void> {
    await this.#report(`invocation/${id}/error`, error)
  }

  async failInit(error: unknown): Promise<void> {
    await this.#report('init/error', error)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #report(path: string, error: unknown): Promise<void> {
    const body = JSON.stringify(errorBody(error))
    const headers = {
      'lambda-runtime-function-error-type': `Runtime.${errorBody(error).errorType}`,
    }
    await this.#call('POST', path, { type: 'application/json', body, headers })
  }

  async #call(method: string, path: string, given: Given): Promise<Answered> {
    const { type, body, headers } = given
    const sent = this.#open(method, path, {
      ...headers,
      ...(type !== undefined && { 'content-type': type }),
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    })
    sent.end(body)
    return wholeAnswer(sent)
  }

  #open(method: string, path: string, headers: Record<string, string>): ReturnType<typeof request> {
    const url = `http://${this.#host}/2018-06-01/runtime/${path}`
    return request(url, { method, headers, agent: this.#agent })
  }
}

interface Given {
  readonly type?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Answered {
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

async function wholeAnswer(sent: ReturnType<typeof request>): Promise<Answered> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve)
    sent.once('error', reject)
  })
  const parts: Buffer[] = []
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a stream without encoding gives buffers
  for await (const part of answer) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString('utf8')
  const { statusCode = 0, headers } = answer
  if (statusCode < 300) return { headers, text }
  throw new Error(`Lambda's Runtime API answered ${statusCode}: ${text.slice(0, 500)}`)
}

interface ErrorBody {
  readonly errorType: string
  readonly errorMessage: string
  readonly stackTrace: readonly string[]
}

function errorBody(error: unknown): ErrorBody {
  const {
    name,
    message,
    stack = '',
  } = types.isNativeError(error) ? error : new Error(messageOf(error))
  return { errorType: name, errorMessage: message, stackTrace: stack.split('\n').slice(1) }
}

function errorTrailers(error: unknown): Record<string, string> {
  const body = errorBody(error)
  return {
    'Lambda-Runtime-Function-Error-Type': `Runtime.${body.errorType}`,
    'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(body)).toString('base64'),
  }
}
