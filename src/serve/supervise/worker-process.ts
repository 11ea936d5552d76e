import cluster, { type Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import { fromWire } from '../../errors.ts'
import { type FromWorker, type ToWorker, type WorkerData, workerVariable } from './protocol.ts'

/** Born; answering probes; answering calls; finishing; gone. */
export type WorkerState = 'starting' | 'listening' | 'ready' | 'draining' | 'dead'

export interface WorkerEvents {
  readonly changed: (worker: WorkerProcess) => void
  readonly asked: (worker: WorkerProcess, message: FromWorker & { type: 'ask' }) => void
}

export interface WorkerBirth {
  readonly file: string
  readonly data: WorkerData
  /** On top of the supervisor's own environment. */
  readonly env: Readonly<Record<string, string>>
}

/** The supervisor's side of one worker. */
export class WorkerProcess {
  readonly data: WorkerData
  readonly startedAt = performance.now()
  readonly #worker: Worker
  readonly #events: WorkerEvents
  #state: WorkerState = 'starting'
  #error: Error | undefined
  #lastBeatAt = performance.now()
  #oldestRunMs = 0
  #kills: string | undefined

  /** Forks; `file` is `dist/service.mjs`, which finds its role by itself. */
  constructor({ file, data, env }: WorkerBirth, events: WorkerEvents) {
    this.data = data
    this.#events = events
    cluster.setupPrimary({ exec: file, args: [], execArgv: ['--enable-source-maps'] })
    this.#worker = cluster.fork({ ...env, [workerVariable]: JSON.stringify(data) })
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('exit', (code: number | null, signal: string | null) => {
      this.#error ??= new Error(
        this.#kills ?? `ended with ${signal ?? `code ${code ?? 'unknown'}`}`,
      )
      this.#become('dead')
    })
    // A channel that breaks is an end that `exit` reports.
    this.#worker.on('error', () => undefined)
  }

  get state(): WorkerState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#worker.process.pid
  }

  /** Why it died, or could not start. */
  get error(): Error | undefined {
    return this.#error
  }

  /** When it last showed that its event loop turns; `performance.now()` time. */
  get lastBeatAt(): number {
    return this.#lastBeatAt
  }

  get oldestRunMs(): number {
    return this.#oldestRunMs
  }

  /** Hands a connection over; `onLost` hears when it could not be, and the connection is still here. */
  give(socket: Socket, onLost: () => void): void {
    this.#worker.process.send(
      { type: 'connection' } satisfies ToWorker,
      socket,
      undefined,
      (error) => {
        if (error) onLost()
      },
    )
  }

  answer(id: number, text: string): void {
    this.#send({ type: 'answer', id, text })
  }

  drain(): void {
    if (this.#state === 'draining' || this.#state === 'dead') return
    this.#send({ type: 'drain' })
    this.#become('draining')
  }

  kill(why: string): void {
    this.#kills ??= why
    this.#worker.process.kill('SIGKILL')
  }

  #send(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.process.send(message, () => undefined)
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'listening':
      case 'ready':
        this.#lastBeatAt = performance.now()
        if (this.#state !== 'draining') this.#become(message.type)
        return
      case 'failed':
        this.#error = fromWire(message.error)
        this.kill('failed')
        return
      case 'ask':
        this.#events.asked(this, message)
        return
      case 'beat':
        this.#lastBeatAt = performance.now()
        this.#oldestRunMs = message.oldestRunMs
        return
      case 'drained':
        this.kill('drained')
        return
    }
  }

  #become(state: WorkerState): void {
    if (this.#state === 'dead') return
    this.#state = state
    this.#events.changed(this)
  }
}
