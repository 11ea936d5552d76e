import type { ScopedLogger } from '../../log/logger.ts'
import type { BatchAxis } from '../../service/codec/codec.ts'
import { type Context, createBatchContext } from '../../service/context.ts'
import type { ApiDefinition } from '../../service/definition.ts'
import { Batcher, type BatcherOptions } from '../batching/batcher.ts'
import type { Slice } from '../batching/job.ts'
import type { CallScope } from '../tracing/call-scope.ts'
import type { ApiRouteInput } from './api-route.ts'

export type CallBatcher = Batcher<unknown, unknown, Context>
export type CallBatcherOptions = BatcherOptions<unknown, unknown, Context>

/** The batcher of a method that takes the rows of several requests at once; undefined for others. */
export function createCallBatcher(input: ApiRouteInput, scope: CallScope): CallBatcher | undefined {
  const { api, pool, batching, profile, clock, recorder, timeoutMs, logger } = input
  const axis = api.batchable ? api.codec.batch : undefined
  if (!axis) return undefined
  const batches = recorder.batch(api.name)
  return new Batcher<unknown, unknown, Context>({
    maxBatchSize: api.maxBatchSize,
    maxLatencyMs: api.maxLatencyMs,
    maxQueueSize: api.maxQueueSize,
    weight: api.weight,
    timeoutMs,
    retry: api.retry,
    ...batching,
    known: profile,
    pool,
    clock,
    run: (slices) => runBatch({ axis, input, scope }, slices),
    join: (outputs) => axis.joinOutputs(outputs),
    onStart: (queuedMs) => batches.waited(queuedMs),
    onBatch: (report) => batches.ended(report),
    onSlowRow: (rowMs) => warnOfSlowRow(logger, api, rowMs),
  })
}

interface Batching {
  readonly axis: BatchAxis
  readonly input: ApiRouteInput
  readonly scope: CallScope
}

async function runBatch(
  { axis, input, scope }: Batching,
  slices: readonly Slice<unknown, Context>[],
): Promise<readonly unknown[]> {
  const inputs = slices.map(({ input: rows, from, to }) => axis.sliceInput(rows, from, to))
  const contexts = slices.map((slice) => slice.context)
  const output = await scope.callBatch(input.call, axis.joinInputs(inputs), {
    requests: contexts,
    shared: createBatchContext(contexts, input),
  })
  return axis.splitOutput(
    output,
    slices.map(({ from, to }) => to - from),
  )
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
