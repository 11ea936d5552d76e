import { SHARE_ENV, Worker } from 'node:worker_threads'
import { BentoError, fromWire } from '../../errors.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import type { LoadOptions } from '../../models/runtimes/runtime.ts'
import type { ModelShape, ModelSource } from './executor.ts'
import type { FromRunner, RunnerData, ToRunner } from './protocol.ts'

interface Pending {
  /** Of a run, and of nothing else: a large model may take its time to load. */
  readonly runSince: number | undefined
  readonly resolve: (message: FromRunner) => void
  readonly reject: (error: Error) => void
}

/** This side of one runner thread. */
export class Runner {
  /** Resolves when the thread ends by itself, after its pending calls have failed. */
  readonly lost: Promise<Error>
  readonly #thread: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #ended: Promise<void>
  #nextId = 0
  #closing = false

  /** `file` becomes a runner when it starts in a thread: `dist/service.mjs`. */
  constructor(file: URL) {
    this.#thread = new Worker(file, {
      workerData: { bentoRole: 'runner' } satisfies RunnerData,
      name: 'bento-runner',
      // Source maps are for the user's code, and reading them would only delay the model.
      execArgv: [],
      env: SHARE_ENV,
    })
    this.#thread.on('message', (message: FromRunner) => this.#receive(message))
    this.#ended = new Promise((resolve) => this.#thread.once('exit', () => resolve()))
    this.lost = new Promise((resolve) => {
      const lose = (cause: Error): void => {
        this.#failPending(cause)
        if (!this.#closing) resolve(cause)
      }
      this.#thread.on('error', lose)
      this.#thread.on('exit', (code) => lose(new Error(`A runner thread ended with code ${code}`)))
    })
  }

  /** Before anything else. */
  begin(load: LoadOptions): void {
    this.#thread.postMessage({ type: 'begin', load } satisfies ToRunner)
  }

  async load(model: ModelSource): Promise<ModelShape> {
    const message = await this.#ask((id) => ({ type: 'load', id, model }))
    if (message.type === 'loaded') return message.shape
    throw new Error(`Unexpected answer "${message.type}" to a load`)
  }

  async run(requested: string, inputs: TensorMap): Promise<TensorMap> {
    const runSince = performance.now()
    const message = await this.#ask((id) => ({ type: 'run', id, requested, inputs }), runSince)
    if (message.type === 'result') return message.outputs
    throw new Error(`Unexpected answer "${message.type}" to a run`)
  }

  /** How long the way to the thread and back takes, in milliseconds. */
  async ping(): Promise<number> {
    const startedAt = performance.now()
    await this.#ask((id) => ({ type: 'ping', id }))
    return performance.now() - startedAt
  }

  /** When the oldest run under way began, or undefined. */
  get runSince(): number | undefined {
    for (const { runSince } of this.#pending.values()) if (runSince !== undefined) return runSince
    return undefined
  }

  /** Never terminates: a thread inside a run takes the whole process down with it. */
  close(): Promise<void> {
    this.#closing = true
    this.#thread.postMessage({ type: 'close' } satisfies ToRunner)
    return this.#ended
  }

  #ask(create: (id: number) => ToRunner, runSince?: number): Promise<FromRunner> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { runSince, resolve, reject })
      this.#thread.postMessage(create(id))
    })
  }

  #receive(message: FromRunner): void {
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.type === 'failure') pending?.reject(fromWire(message.error))
    else pending?.resolve(message)
  }

  #failPending(cause: Error): void {
    const error = new BentoError('WORKER_LOST', 'A runner thread ended', { cause })
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
  }
}
