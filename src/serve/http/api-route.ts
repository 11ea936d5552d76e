import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ScopedLogger } from '../../log/logger.ts'
import type { BatchAxis, Codec } from '../../service/codec/codec.ts'
import { createBatchContext, createContext, type Context } from '../../service/context.ts'
import type { ApiDefinition } from '../../service/definition.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { Batcher } from '../batching/batcher.ts'
import type { JobInput, Slice } from '../batching/job.ts'
import type { SlotPool } from '../batching/slot-pool.ts'
import { CallQueue } from '../calls/call-queue.ts'
import type { ConcurrencyGate } from '../concurrency.ts'
import type { EndpointRecorder, Recorder } from '../observe/recorder.ts'
import { CallScope } from '../tracing/call-scope.ts'
import { RequestIds } from '../tracing/request-ids.ts'
import type { RequestSpan, Tracer } from '../tracing/tracer.ts'
import { type Due, dueOf } from './due.ts'
import { bodyResponse, withHeaders } from './responses.ts'
import type { Route } from './router.ts'
import { ServerTiming } from './server-timing.ts'

export interface ApiRouteInput {
  readonly api: ApiDefinition
  /** The service's method, bound. The second argument is a Context, or a BatchContext when it is batchable. */
  readonly call: (input: unknown, context: object) => unknown
  /** The worker's own state, as every context shows it. */
  readonly state: Record<string, unknown>
  readonly timeoutMs: number
  /** Where its batches run. */
  readonly pool: SlotPool
  readonly hold: boolean
  /** Answers say in `Server-Timing` what took how long. */
  readonly serverTiming: boolean
  readonly gate: ConcurrencyGate
  /** Resolves when every model is loaded and `onStartup` has run. */
  readonly ready: Promise<void>
  readonly recorder: Recorder
  readonly logger: ScopedLogger
  /** Absent: nothing is traced. */
  readonly tracer: Tracer | undefined
  readonly clock: Clock
}

type CallInput = Omit<JobInput<unknown, Context>, 'rows' | 'key'>

/** One `@api` method as a route: body, validation, admission, batch or call, body. */
export class ApiRoute implements Route {
  readonly methods = ['POST']
  readonly isApi = true
  readonly path: string
  readonly recorder: EndpointRecorder
  readonly #input: ApiRouteInput
  readonly #codec: Codec
  readonly #batcher?: Batcher<unknown, unknown, Context>
  readonly #calls: CallQueue<unknown>
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
    if (api.batchable && api.codec.batch) this.#batcher = this.#createBatcher(api.codec.batch)
    ready.then(
      () => (this.#isReady = true),
      () => undefined,
    )
  }

  async answer(request: AppRequest, ids: RequestIds): Promise<AppResponse> {
    const { gate, clock, timeoutMs } = this.#input
    const due = dueOf(request, clock.now(), timeoutMs)
    const entered = gate.enter()
    if (entered) await entered
    try {
      return await this.#within(due.deadline, this.#run(request, due, ids))
    } finally {
      gate.leave()
    }
  }

  /** Runs the method on its `warmUp` input, if it has one, as if a client had sent it; before others may. */
  async warmUp(): Promise<void> {
    const { api, state, logger } = this.#input
    if (api.warmUp === undefined) return
    const request = {
      method: 'POST',
      path: this.path,
      headers: {},
      signal: new AbortController().signal,
    }
    const context = createContext(request, {
      state,
      logger,
      deadline: Infinity,
      ids: new RequestIds(request),
    })
    try {
      const input: unknown = await this.#codec.decode(
        Buffer.from(JSON.stringify(api.warmUp)),
        'application/json',
      )
      const job = { input, context, deadline: Infinity, isGone: () => false }
      await this.#codec.encode(await this.#call(job))
    } catch (error) {
      throw warmUpFailed(api.name, error)
    }
  }

  /** Runs what is queued; no more will come. */
  async drain(): Promise<void> {
    await this.#batcher?.drain()
  }

  async #run(request: AppRequest, due: Due, ids: RequestIds): Promise<AppResponse> {
    if (!this.#isReady) await this.#input.ready
    const { state, serverTiming, logger } = this.#input
    const body = Buffer.isBuffer(request.body) ? request.body : await collect(request.body)
    const timing = serverTiming ? new ServerTiming() : undefined
    const decoded = this.#codec.decode(body, headerText(request.headers['content-type']))
    const input: unknown = decoded instanceof Promise ? await decoded : decoded
    timing?.parsed()
    const { deadline, isFirm } = due
    const context = createContext(request, { state, deadline, ids, logger })
    const spanTiming = this.#scope.enter(context, ids)
    const job = {
      input,
      context,
      deadline,
      isFirm,
      isGone: goneOf(request),
      timing: timing?.job ?? spanTiming,
    }
    const output = await (ids.span ? this.#callTraced(job, ids.span) : this.#call(job))
    timing?.answered()
    return this.#respond(output, context, timing)
  }

  async #respond(
    output: unknown,
    context: Context,
    timing: ServerTiming | undefined,
  ): Promise<AppResponse> {
    const encoded = this.#codec.encode(output)
    const { contentType, body } = encoded instanceof Promise ? await encoded : encoded
    const { status, headers } = context.response
    const answer = bodyResponse(status, contentType, body)
    // What the method says of its answer goes on top.
    return withHeaders(answer, timing ? { ...timing.headers(), ...headers } : headers)
  }

  #call(job: CallInput): unknown {
    const { batch } = this.#codec
    if (!this.#batcher || !batch) {
      return this.#calls.submit({ ...job, run: () => this.#callOne(job) })
    }
    const { input } = job
    return this.#batcher.submit({ ...job, rows: batch.rows(input), key: batch.key(input) })
  }

  async #callTraced(job: CallInput, span: RequestSpan): Promise<unknown> {
    const arrivedAt = performance.now()
    try {
      return await this.#call(job)
    } finally {
      if (job.timing) span.waited(arrivedAt, job.timing)
    }
  }

  #callOne({ input, context }: CallInput): unknown {
    return this.#scope.call(this.#input.call, input, context)
  }

  #createBatcher(axis: BatchAxis): Batcher<unknown, unknown, Context> {
    const { api, pool, hold, clock, recorder, timeoutMs, logger } = this.#input
    const batches = recorder.batch(api.name)
    return new Batcher<unknown, unknown, Context>({
      maxBatchSize: api.maxBatchSize,
      maxLatencyMs: api.maxLatencyMs,
      maxQueueSize: api.maxQueueSize,
      weight: api.weight,
      timeoutMs,
      retry: api.retry,
      hold,
      pool,
      clock,
      run: (slices) => this.#runBatch(axis, slices),
      join: (outputs) => axis.joinOutputs(outputs),
      onStart: (queuedMs) => batches.waited(queuedMs),
      onBatch: (report) => batches.ended(report),
      onSlowRow: (rowMs) => warnOfSlowRow(logger, api, rowMs),
    })
  }

  async #runBatch(
    axis: BatchAxis,
    slices: readonly Slice<unknown, Context>[],
  ): Promise<readonly unknown[]> {
    const inputs = slices.map(({ input, from, to }) => axis.sliceInput(input, from, to))
    const contexts = slices.map((slice) => slice.context)
    const output = await this.#scope.callBatch(this.#input.call, axis.joinInputs(inputs), {
      requests: contexts,
      shared: createBatchContext(contexts, this.#input),
    })
    return axis.splitOutput(
      output,
      slices.map(({ from, to }) => to - from),
    )
  }

  #within<Value>(deadline: number, work: Promise<Value>): Promise<Value> {
    const { clock } = this.#input
    return new Promise((resolve, reject) => {
      const leftMs = Math.max(0, deadline - clock.now())
      const cancel = clock.after(leftMs, () => reject(timedOut(leftMs)))
      const settle = <Argument>(callback: (argument: Argument) => void) => {
        return (argument: Argument): void => {
          cancel()
          callback(argument)
        }
      }
      work.then(settle(resolve), settle(reject))
    })
  }
}

function warmUpFailed(name: string, cause: unknown): BentoError {
  const fields = isBentoError(cause) ? (cause.detail ?? []) : []
  const reasons = fields.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
  const reason = reasons.length > 0 ? reasons.join('; ') : messageOf(cause)
  return new BentoError('STARTUP_FAILED', `The warm-up of "${name}" failed: ${reason}`, {
    hint: 'Correct `warmUp` in `@api`, or what the method does with it.',
    cause,
  })
}

function warnOfSlowRow(
  logger: ScopedLogger,
  { name, maxLatencyMs }: ApiDefinition,
  rowMs: number,
): void {
  const took = Math.round(rowMs * 10) / 10
  logger.warn(
    { method: name, rowMs: took, maxLatencyMs },
    'One row takes longer than maxLatencyMs: whatever has to wait for a batch is refused',
  )
}

function timedOut(timeoutMs: number): BentoError {
  return new BentoError(
    'TIMEOUT',
    `Not able to process the request in ${Math.round(timeoutMs) / 1000} seconds`,
  )
}

function goneOf(request: AppRequest): () => boolean {
  return request.isGone ?? (() => request.signal.aborted)
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
