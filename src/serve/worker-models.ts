import { join, resolve } from 'node:path'
import { BentoError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { concatRows, rowKey, sliceRows } from '../lib/tensor-ops.ts'
import type { TensorMap } from '../lib/tensor.ts'
import type { ModelHost, ModelInfo } from '../service/model-host.ts'
import type { BentoModel, Signature } from '../store/manifest.ts'
import { Batcher, type BatcherOptions } from './batching/batcher.ts'
import type { Slice } from './batching/job.ts'
import { SlotPool } from './batching/slot-pool.ts'
import { findModelFile } from './model-files.ts'
import { mergeInfo } from './model-info.ts'
import type { Recorder } from './observe/recorder.ts'
import type { Executor } from './runners/executor.ts'

export interface WorkerModelsInput {
  /** The bento's folder. */
  readonly path: string
  readonly models: readonly BentoModel[]
  /** What was stored with each model, by the tag that the service asks for. */
  readonly modelInfo: Readonly<Record<string, ModelInfo>>
  readonly executor: Executor
  /** Tells a person what is not as the options wish. */
  readonly warn: (text: string) => void
  readonly recorder: Recorder
  readonly clock: Clock
  readonly batching: Pick<BatcherOptions<TensorMap, TensorMap, undefined>, 'hold' | 'adaptive'>
  readonly timeoutMs: number
}

type TensorBatcher = Batcher<TensorMap, TensorMap>

/** The models of one worker: loads them, and runs what the service's handles ask for. */
export class WorkerModels implements ModelHost {
  readonly #input: WorkerModelsInput
  readonly #infos: Map<string, ModelInfo>
  readonly #batchers = new Map<string, TensorBatcher>()
  /** Shared by all models, since they share the executor. */
  readonly #pool: SlotPool

  constructor(input: WorkerModelsInput) {
    this.#input = input
    this.#infos = new Map(Object.entries(input.modelInfo))
    this.#pool = new SlotPool(input.executor.slots, input.clock)
  }

  async load(): Promise<void> {
    await Promise.all(this.#input.models.map((model) => this.#loadOne(model)))
  }

  run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    const batcher = this.#batchers.get(requested)
    if (!batcher) return this.#input.executor.run(requested, inputs)
    return batcher.submit({
      input: inputs,
      rows: rowsOf(inputs),
      key: keyOf(inputs),
      // The request's own deadline ends the wait for the answer; a model has none of its own.
      deadline: Infinity,
      isGone: () => false,
      context: undefined,
    })
  }

  info(requested: string): ModelInfo {
    const info = this.#infos.get(requested)
    if (info) return info
    throw undeclared(requested)
  }

  path(requested: string, file: string): string {
    const model = this.#input.models.find((one) => one.requested === requested)
    if (model) return findModelFile(resolve(this.#input.path, model.path), file, model.tag)
    throw undeclared(requested)
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#batchers.values()].map((batcher) => batcher.drain()))
  }

  async #loadOne(model: BentoModel): Promise<void> {
    const { path, executor } = this.#input
    const file = join(resolve(path, model.path), model.main)
    const { requested, runtime } = model
    const shape = await executor.load({ requested, runtime, file })
    this.#infos.set(requested, mergeInfo(shape, this.info(requested)))
    if (shape.note !== undefined) this.#input.warn(`Model "${requested}": ${shape.note}`)
    if (runSignature(model)?.batchable) this.#batchers.set(requested, this.#createBatcher(model))
  }

  /** Rows that wait for their batch. */
  get queuedRows(): number {
    return [...this.#batchers.values()].reduce((sum, batcher) => sum + batcher.queuedRows, 0)
  }

  #createBatcher({ requested, tag }: BentoModel): TensorBatcher {
    const { executor, recorder, clock, batching, timeoutMs } = this.#input
    const batches = recorder.batch(tag)
    return new Batcher<TensorMap, TensorMap>({
      ...signatureBounds,
      timeoutMs,
      pool: this.#pool,
      clock,
      ...batching,
      known: this.info(requested).profile ?? [],
      retry: true,
      run: async (slices) => {
        const joined = joinMaps(slices.map(sliceMap))
        const outputs = await executor.run(requested, joined)
        return splitMap(
          outputs,
          slices.map(({ from, to }) => to - from),
        )
      },
      join: joinMaps,
      onStart: (queuedMs) => batches.waited(queuedMs),
      onBatch: (report) => batches.ended(report),
    })
  }
}

function undeclared(requested: string): BentoError {
  return new BentoError('MODEL_UNDECLARED', `Model "${requested}" is not part of this service`, {
    hint: 'Call `models.get` in a field, a static or a module constant, so that it is loaded before the start.',
  })
}

/** BentoML's defaults for what is batchable. */
export const signatureBounds = {
  maxBatchSize: 100,
  maxLatencyMs: 60_000,
  maxQueueSize: 10_000,
} as const

/** The signature that `run` follows: the one of that name, or one that says what all the others say. */
export function runSignature({
  signatures,
}: Pick<BentoModel, 'signatures'>): Signature | undefined {
  const [first, ...others] = Object.values(signatures)
  const isAgreed = others.every(
    (other) => other.batchable === first?.batchable && other.batch_dim === first.batch_dim,
  )
  return signatures.run ?? (isAgreed ? first : undefined)
}

function rowsOf(inputs: TensorMap): number {
  return Object.values(inputs)[0]?.shape[0] ?? 1
}

function keyOf(inputs: TensorMap): string {
  return Object.entries(inputs)
    .map(([name, tensor]) => `${name}=${rowKey(tensor)}`)
    .join(' ')
}

function sliceMap({ input, from, to }: Slice<TensorMap, unknown>): TensorMap {
  return mapTensors(input, (tensor) => sliceRows(tensor, from, to))
}

function joinMaps(maps: readonly TensorMap[]): TensorMap {
  const [first = {}] = maps
  if (maps.length === 1) return first
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, concatRows(maps.flatMap((map) => map[name] ?? []))]),
  )
}

/** Every output must have as many rows as went in: a row that is not there must not become somebody else's. */
function splitMap(outputs: TensorMap, lengths: readonly number[]): TensorMap[] {
  const rows = lengths.reduce((sum, length) => sum + length, 0)
  for (const [name, tensor] of Object.entries(outputs)) {
    if (tensor.shape[0] === rows) continue
    const message = `Output "${name}" has ${tensor.shape[0] ?? 'no'} rows for ${rows} rows of input`
    throw new BentoError('MODEL_RUN_FAILED', message, {
      hint: 'Save the model without a batchable signature.',
    })
  }
  let from = 0
  return lengths.map((length) => {
    const start = from
    from += length
    return mapTensors(outputs, (tensor) => sliceRows(tensor, start, start + length))
  })
}

function mapTensors(
  map: TensorMap,
  change: (tensor: TensorMap[string]) => TensorMap[string],
): TensorMap {
  return Object.fromEntries(Object.entries(map).map(([name, tensor]) => [name, change(tensor)]))
}
