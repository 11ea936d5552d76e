import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AppResponse } from '../../app.ts'
import type { HostedApp } from '../../create-app.ts'
import { type LambdaAnswer, renderAnswer, renderPrelude } from './answer.ts'
import { readEvent } from './event.ts'
import { invoke } from './invoke.ts'

/** What Lambda's own Node runtime says of an invocation, as far as it is used. */
interface LambdaContext {
  getRemainingTimeInMillis(): number
}

type ResponseStream = Writable & { setContentType(type: string): void }

type Buffered = (event: unknown, context: LambdaContext) => Promise<LambdaAnswer>
type Streamed = (event: unknown, stream: ResponseStream, context: LambdaContext) => Promise<void>

/** The global that Lambda's own Node runtime puts there for functions that stream. */
export interface AwsLambda {
  streamifyResponse(handler: Streamed): unknown
}

/** The handler of a zip. With `aws` it sends answers while they are made. */
export function createHandler(app: HostedApp, aws?: AwsLambda): unknown {
  return aws === undefined ? buffered(app) : aws.streamifyResponse(streamed(app))
}

function buffered(app: HostedApp): Buffered {
  return async (event, context) => {
    const http = readEvent(event)
    const answer = await renderAnswer(http, await invoke(app, http, deadlineOf(context)))
    // This runtime asks for the next event, and may be frozen, as soon as the handler has returned.
    await app.flush()
    return answer
  }
}

function streamed(app: HostedApp): Streamed {
  return async (event, stream, context) => {
    const answer = await invoke(app, readEvent(event), deadlineOf(context))
    stream.setContentType('application/vnd.awslambda.http-integration-response')
    await pipeline(partsOf(answer), stream)
    await app.flush()
  }
}

async function* partsOf(answer: AppResponse): AsyncGenerator<Uint8Array> {
  yield renderPrelude(answer)
  if (!Buffer.isBuffer(answer.body)) yield* answer.body
  else if (answer.body.length > 0) yield answer.body
}

function deadlineOf(context: LambdaContext): { deadlineMs: number } {
  return { deadlineMs: Date.now() + context.getRemainingTimeInMillis() }
}
