import type { ProfilePoint } from '../../config/profile-file.ts'
import type { Clock } from '../../lib/clock.ts'
import { ignore, once } from '../../lib/functions.ts'
import type { ScopedLogger } from '../../log/logger.ts'
import type { Codec, NonFinite } from '../../service/codec/codec.ts'
import type { PathParams } from '../../service/context-request.ts'
import { createContext, type ServerContext } from '../../service/context.ts'
import type { ApiDefinition } from '../../service/definition.ts'
import type { StreamFormat } from '../../service/stream.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import type { Background } from '../background.ts'
import type { SlotPool } from '../batching/slot-pool.ts'
import { CallQueue } from '../calls/call-queue.ts'
import type { ConcurrencyGate } from '../concurrency.ts'
import type { FileFetcher } from '../fetch-file.ts'
import type { EndpointRecorder, Recorder } from '../observe/recorder.ts'
import { framesOf } from '../streams/framing.ts'
import { ItemStream } from '../streams/item-stream.ts'
import { CallScope } from '../tracing/call-scope.ts'
import type { RequestIds } from '../tracing/request-ids.ts'
import type { RequestSpan, Tracer } from '../tracing/tracer.ts'
import {
  type Asked,
  type CallInput,
  contentTypeOf,
  givenParams,
  goneOf,
  wishesOf,
} from './api-call.ts'
import { type CallBatcher, type CallBatcherOptions, createCallBatcher } from './call-batcher.ts'
import { withDraft } from './draft.ts'
import { byDeadline, dueOf } from './due.ts'
import { endedBody } from './ended-body.ts'
import { encodedResponse, withHeaders } from './responses.ts'
import type { Route } from './router.ts'
import { ServerTiming, timingHeader, type ServerTimingMode } from './server-timing.ts'
import { endBody, streamResponse } from './stream-response.ts'
import { runWarmUp } from './warm-up.ts'

export interface ApiRouteInput {
  readonly api: ApiDefinition
  /** The service's method, bound. The second argument is a Context, or a BatchContext when it is batchable. */
  readonly call: (input: unknown, context: object) => unknown
  /** The worker's own state, as every context shows it. */
  readonly state: Record<string, unknown>
  readonly timeoutMs: number
  /** Where its batches run. */
  readonly pool: SlotPool
  readonly batching: Pick<CallBatcherOptions, 'hold' | 'adaptive'>
  /** What batches took where that was measured. */
  readonly profile: readonly ProfilePoint[]
  /** Whether answers say in `Server-Timing` what took how long. */
  readonly serverTiming: ServerTimingMode
  /** What is written of NaN, unless the client is known to want it otherwise. */
  readonly nonFinite: NonFinite
  /** Absent: a URL in a file's place is refused. */
  readonly fetchFile: FileFetcher | undefined
  readonly gate: ConcurrencyGate
  /** Resolves when every model is loaded and `onStartup` has run. */
  readonly ready: Promise<void>
  readonly recorder: Recorder
  readonly logger: ScopedLogger
  /** Absent: nothing is traced. */
  readonly tracer: Tracer | undefined
  readonly clock: Clock
  /** Takes what a request leaves behind. */
  readonly background: Background
}

/** One `@api` method as a route: body, validation, admission, batch or call, body. */
export class ApiRoute implements Route {
  readonly methods = ['POST']
  readonly isApi = true
  readonly path: string
  readonly recorder: EndpointRecorder
  readonly #input: ApiRouteInput
  readonly #codec: Codec
  readonly #batcher: CallBatcher | undefined
  readonly #calls: CallQueue<unknown>
  readonly #streams: CallQueue<ItemStream>
  readonly #scope: CallScope
  #isReady = false

  constructor(input: ApiRouteInput) {
    const { api, recorder, ready } = input
    this.#input = input
    this.#codec = api.codec
    this.#scope = new CallScope(input.tracer)
    this.path = api.route
    this.recorder = recorder.endpoint(api.route)
    this.recorder.expect(200, 500)
    this.#calls = new CallQueue({ ...api, clock: input.clock })
    this.#streams = new CallQueue({ ...api, clock: input.clock })
    this.#batcher = createCallBatcher(input, this.#scope)
    ready.then(
      () => (this.#isReady = true),
      () => undefined,
    )
  }

  async answer(request: AppRequest, ids: RequestIds, params: PathParams): Promise<AppResponse> {
    const { gate, clock, timeoutMs, api } = this.#input
    const asked = { request, ids, params, due: dueOf(request, clock.now(), timeoutMs) }
    const entered = gate.enter()
    if (entered) await entered
    if (api.stream) return this.#answerStream(asked, api.stream)
    const run = this.#run(asked)
    try {
      return await byDeadline(asked.due, run, clock)
    } catch (error) {
      run.then(({ body }) => endBody(body), ignore)
      throw error
    } finally {
      gate.leave()
    }
  }

  /** Runs the method on its `warmUp` input, if it has one; before others may. */
  async warmUp(): Promise<void> {
    const { api } = this.#input
    await runWarmUp(this.#input, async (job) => {
      if (!api.stream) return this.#codec.encode(await this.#call(job))
      const stream = await this.#open(job, api.stream, () => undefined)
      await stream.next()
      return stream.return()
    })
  }

  /** Rows that wait for their batch. */
  get queuedRows(): number {
    return this.#batcher?.queuedRows ?? 0
  }

  /** Runs what is queued; no more will come. */
  async drain(): Promise<void> {
    await this.#batcher?.drain()
  }

  async #run(asked: Asked): Promise<AppResponse> {
    const context = this.#contextOf(asked)
    try {
      if (!this.#isReady) await this.#input.ready
      const timing = this.#isTimed(asked.request) ? new ServerTiming() : undefined
      const decoded = this.#decode(asked, context)
      const input: unknown = decoded instanceof Promise ? await decoded : decoded
      timing?.parsed()
      const job = this.#jobOf(asked, context, { input, timing })
      const { span } = asked.ids
      const output = await (span ? this.#traced(job, span, () => this.#call(job)) : this.#call(job))
      timing?.answered()
      const encoded = this.#codec.encode(output, wishesOf(asked.request, this.#input.nonFinite))
      const answer = encodedResponse(encoded instanceof Promise ? await encoded : encoded)
      const timed = timing ? withHeaders(answer, timing.headers()) : answer
      return this.#leaveAfter(withDraft(timed, context.draft), context)
    } catch (error) {
      this.#leave(context)
      throw error
    }
  }

  #isTimed({ headers }: AppRequest): boolean {
    const { serverTiming } = this.#input
    if (serverTiming === 'never') return false
    return serverTiming === 'always' || headers[timingHeader] !== undefined
  }

  /** What is still read may lie in the request's own folder. */
  #leaveAfter(answer: AppResponse, context: ServerContext): AppResponse {
    const { body } = answer
    if (!Buffer.isBuffer(body)) {
      return { ...answer, body: endedBody(body, () => this.#leave(context)) }
    }
    this.#leave(context)
    return answer
  }

  /** What bounds a call bounds the time to its first item; it has its place until its last. */
  async #answerStream(asked: Asked, format: StreamFormat): Promise<AppResponse> {
    const { gate, clock } = this.#input
    const leave = once(() => gate.leave())
    const begun = this.#begin(asked, format, leave)
    try {
      return await byDeadline(asked.due, begun, clock)
    } catch (error) {
      leave()
      // Its first item may still come; nobody waits for it.
      begun.then(({ body }) => endBody(body), ignore)
      throw error
    }
  }

  async #begin(asked: Asked, format: StreamFormat, leave: () => void): Promise<AppResponse> {
    const context = this.#contextOf(asked)
    const end = once(() => {
      leave()
      this.#leave(context)
    })
    try {
      if (!this.#isReady) await this.#input.ready
      const input: unknown = await this.#decode(asked, context)
      const job = this.#jobOf(asked, context, { input, timing: undefined })
      const { span } = asked.ids
      const open = (): Promise<ItemStream> => this.#open(job, format, end)
      const stream = span ? await this.#traced(job, span, open) : await open()
      return streamResponse(stream, format, context.draft)
    } catch (error) {
      end()
      throw error
    }
  }

  /** To its queue a stream's call is over when its first item is there: the rest is up to the client. */
  async #open(job: CallInput, { framing }: StreamFormat, onEnd: () => void): Promise<ItemStream> {
    const { context } = job
    const lastId = framing === 'sse' ? context.lastEventId : 0
    const { nonFinite } = wishesOf(context.request, this.#input.nonFinite)
    const run = async (): Promise<ItemStream> =>
      ItemStream.open({
        items: await this.#callOne(job),
        within: (step) => this.#scope.call(step, undefined, context),
        encode: (item) => this.#codec.encode(item, { nonFinite }),
        frames: framesOf[framing],
        lastId,
        onEnd,
      })
    return this.#streams.submit({ ...job, run })
  }

  #contextOf({ request, due, ids, params }: Asked): ServerContext {
    const { state, logger } = this.#input
    return createContext(request, { state, deadline: due.deadline, ids, logger, params })
  }

  #decode({ request, params }: Asked, scratch: ServerContext): unknown {
    const { fetchFile } = this.#input
    const fetch = fetchFile && { fetchFile: (url: string) => fetchFile(url, scratch) }
    const resources = { scratch, params: givenParams(params), ...fetch }
    return this.#codec.decode(request.body, contentTypeOf(request), resources)
  }

  #jobOf(
    { request, due, ids }: Asked,
    context: ServerContext,
    { input, timing }: Decoded,
  ): CallInput {
    const spanTiming = this.#scope.enter(context, ids)
    const { deadline, isFirm } = due
    const isGone = goneOf(request)
    return { input, context, deadline, isFirm, isGone, timing: timing?.job ?? spanTiming }
  }

  #leave({ aftermath }: ServerContext): void {
    if (aftermath) this.#input.background.add(aftermath)
  }

  #call(job: CallInput): unknown {
    const { batch } = this.#codec
    // Written out: a copy by spread that then gets more properties takes Node 20 four microseconds.
    const { input, context, deadline, isFirm, isGone, timing } = job
    if (!this.#batcher || !batch) {
      return this.#calls.submit({ run: () => this.#callOne(job), deadline, isGone, timing })
    }
    const [rows, key] = [batch.rows(input), batch.key(input)]
    return this.#batcher.submit({ input, rows, key, context, deadline, isFirm, isGone, timing })
  }

  async #traced<Value>(
    job: CallInput,
    span: RequestSpan,
    work: () => Value | Promise<Value>,
  ): Promise<Value> {
    const arrivedAt = performance.now()
    try {
      return await work()
    } finally {
      if (job.timing) span.waited(arrivedAt, job.timing)
    }
  }

  #callOne({ input, context }: CallInput): unknown {
    return this.#scope.call(this.#input.call, input, context)
  }
}

interface Decoded {
  readonly input: unknown
  readonly timing: ServerTiming | undefined
}
