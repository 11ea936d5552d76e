import { BentoError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { BatchAxis, Codec } from '../../service/codec/codec.ts'
import { createBatchContext, createContext, type Context } from '../../service/context.ts'
import type { ApiDefinition } from '../../service/definition.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import { Batcher } from '../batching/batcher.ts'
import type { Slice } from '../batching/job.ts'
import type { SlotPool } from '../batching/slot-pool.ts'
import type { ConcurrencyGate } from '../concurrency.ts'
import type { EndpointRecorder, Recorder } from '../observe/recorder.ts'
import { bodyResponse } from './responses.ts'
import type { Route } from './router.ts'

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
  readonly gate: ConcurrencyGate
  /** Resolves when every model is loaded and `onStartup` has run. */
  readonly ready: Promise<void>
  readonly recorder: Recorder
  readonly clock: Clock
}

/** One `@api` method as a route: body, validation, admission, batch or call, body. */
export class ApiRoute implements Route {
  readonly methods = ['POST']
  readonly path: string
  readonly recorder: EndpointRecorder
  readonly #input: ApiRouteInput
  readonly #codec: Codec
  readonly #batcher?: Batcher<unknown, unknown, Context>
  #isReady = false

  constructor(input: ApiRouteInput) {
    const { api, recorder, ready } = input
    this.#input = input
    this.#codec = api.codec
    this.path = api.route
    this.recorder = recorder.endpoint(api.route)
    this.recorder.expect(200, 500)
    if (api.batchable && api.codec.batch) this.#batcher = this.#createBatcher(api.codec.batch)
    ready.then(
      () => (this.#isReady = true),
      () => undefined,
    )
  }

  async answer(request: AppRequest): Promise<AppResponse> {
    const { gate, clock, timeoutMs } = this.#input
    const entered = gate.enter()
    if (entered) await entered
    try {
      const deadline = request.deadline ?? clock.now() + timeoutMs
      return await this.#within(deadline, this.#run(request, deadline))
    } finally {
      gate.leave()
    }
  }

  /** Runs what is queued; no more will come. */
  async drain(): Promise<void> {
    await this.#batcher?.drain()
  }

  async #run(request: AppRequest, deadline: number): Promise<AppResponse> {
    if (!this.#isReady) await this.#input.ready
    const body = Buffer.isBuffer(request.body) ? request.body : await collect(request.body)
    const contentType = request.headers['content-type']
    const decoded = this.#codec.decode(body, headerText(contentType))
    const input: unknown = decoded instanceof Promise ? await decoded : decoded
    const context = createContext(request, { state: this.#input.state, deadline })
    const output = await this.#call(input, context, { request, deadline })
    const encoded = this.#codec.encode(output)
    const { contentType: type, body: bytes } = encoded instanceof Promise ? await encoded : encoded
    return this.#toResponse(context, bodyResponse(200, type, bytes))
  }

  #call(
    input: unknown,
    context: Context,
    { request, deadline }: { request: AppRequest; deadline: number },
  ): unknown {
    const { batch } = this.#codec
    if (!this.#batcher || !batch) return this.#input.call(input, context)
    return this.#batcher.submit({
      input,
      rows: batch.rows(input),
      key: batch.key(input),
      deadline,
      isFirm: request.deadline !== undefined,
      isGone: request.isGone ?? (() => request.signal.aborted),
      context,
    })
  }

  #createBatcher(axis: BatchAxis): Batcher<unknown, unknown, Context> {
    const { api, pool, hold, clock, recorder, timeoutMs } = this.#input
    const countRows = recorder.batch(api.name)
    return new Batcher<unknown, unknown, Context>({
      maxBatchSize: api.maxBatchSize,
      maxLatencyMs: api.maxLatencyMs,
      maxQueueSize: api.maxQueueSize,
      timeoutMs,
      retry: api.retry,
      hold,
      pool,
      clock,
      run: (slices) => this.#runBatch(axis, slices),
      join: (outputs) => axis.joinOutputs(outputs),
      onBatch: ({ rows }) => countRows(rows),
    })
  }

  async #runBatch(
    axis: BatchAxis,
    slices: readonly Slice<unknown, Context>[],
  ): Promise<readonly unknown[]> {
    const inputs = slices.map(({ input, from, to }) => axis.sliceInput(input, from, to))
    const contexts = slices.map((slice) => slice.context)
    const context = createBatchContext(contexts, this.#input.state)
    const output = await this.#input.call(axis.joinInputs(inputs), context)
    return axis.splitOutput(
      output,
      slices.map(({ from, to }) => to - from),
    )
  }

  /** What the method set on its context's response goes on top of the answer. */
  #toResponse(context: Context, answer: AppResponse): AppResponse {
    const { response } = context
    return {
      ...answer,
      status: response.status,
      headers: { ...answer.headers, ...response.headers },
    }
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

function timedOut(timeoutMs: number): BentoError {
  return new BentoError('TIMEOUT', `Not able to process the request in ${timeoutMs / 1000} seconds`)
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
