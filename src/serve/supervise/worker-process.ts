import type { Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import { fromWire } from '../../errors.ts'
import type { Fork } from './fork.ts'
import type { FromWorker, ToWorker, WorkerBeat, WorkerData } from './protocol.ts'

/** Born; answering probes; answering calls; finishing; shutting the service down; gone. */
export type WorkerState = 'starting' | 'listening' | 'ready' | 'draining' | 'closing' | 'dead'

const drained = 'drained'
// A process that it started may hold its channel open.
const lastWordsMs = 200

/** What a worker says that is not about its own state. */
export type WorkerRequest = FromWorker & { type: 'ask' | 'lease' | 'returned' | 'closed' }

export interface WorkerEvents {
  readonly changed: (worker: WorkerProcess) => void
  readonly asked: (worker: WorkerProcess, message: WorkerRequest) => void
}

/** The supervisor's side of one worker. */
export class WorkerProcess {
  readonly data: WorkerData
  /** 0 to 0.1: workers that have served their time together are not replaced together. */
  readonly jitter = Math.random() / 10
  readonly #worker: Worker
  readonly #events: WorkerEvents
  readonly #given = new Map<number, Socket>()
  #nextId = 0
  #connections = 0
  #state: WorkerState = 'starting'
  #readyAt: number | undefined
  #error: Error | undefined
  #lastBeatAt = performance.now()
  #beat: WorkerBeat = { oldestRunMs: 0, rssBytes: 0, requests: 0 }
  #kills: string | undefined
  #isHung = false

  /** Tells a forked process what to serve. */
  constructor({ worker, awake }: Fork, data: WorkerData, events: WorkerEvents) {
    this.data = data
    this.#events = events
    this.#worker = worker
    void awake.then(() => this.#send({ type: 'begin', data }))
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('exit', (code: number | null, signal: string | null) => {
      const error = new Error(this.#kills ?? `ended with ${signal ?? `code ${code ?? 'unknown'}`}`)
      this.#afterLastWords(() => this.#die(error))
    })
    this.#worker.on('error', (error) => {
      // A channel that breaks is an end that `exit` reports; a process that never was has no exit.
      if (worker.process.pid === undefined) this.#die(error)
    })
  }

  get state(): WorkerState {
    return this.#state
  }

  /** Why it died, or could not start. */
  get error(): Error | undefined {
    return this.#error
  }

  /** When it last showed that its event loop turns; `performance.now()` time. */
  get lastBeatAt(): number {
    return this.#lastBeatAt
  }

  /** How it was doing then. */
  get beat(): WorkerBeat {
    return this.#beat
  }

  /** It had nothing left to do when it was ended. */
  get isDrained(): boolean {
    return this.#error?.message === drained
  }

  /** It was killed because it hung. */
  get isHung(): boolean {
    return this.#isHung
  }

  /** How many connections it has, or is about to have. */
  get connections(): number {
    return this.#connections
  }

  /** How long it was ready, until `now`; 0 when it never was. */
  readyForMs(now: number): number {
    return this.#readyAt === undefined ? 0 : now - this.#readyAt
  }

  /**
   * Hands a connection over. Until the worker says that it has it, the supervisor holds on to it too: a worker that
   * died unnoticed takes no connection with it that it never saw.
   */
  give(socket: Socket): void {
    const id = this.#nextId++
    this.#given.set(id, socket)
    this.#connections++
    const message: ToWorker = { type: 'connection', id }
    this.#worker.process.send(message, socket, { keepOpen: true }, () => undefined)
  }

  /** The connections that it never took. They may be given to another. */
  takeBack(): Socket[] {
    const sockets = [...this.#given.values()]
    this.#given.clear()
    this.#connections -= sockets.length
    return sockets
  }

  /** It is not to be blamed for having been silent until `now`. */
  excuse(now: number): void {
    this.#lastBeatAt = now
  }

  answer(id: number, text: string): void {
    this.#send({ type: 'answer', id, text })
  }

  grant(count: number): void {
    this.#send({ type: 'granted', count })
  }

  recall(): void {
    this.#send({ type: 'recall' })
  }

  drain(lastCallMs: number): void {
    if (['draining', 'closing', 'dead'].includes(this.#state)) return
    // A worker that has not begun has nothing to finish.
    if (this.#state === 'starting') this.kill(drained)
    else this.#send({ type: 'drain', lastCallMs })
    this.#become('draining')
  }

  killHung(why: string): void {
    this.#isHung = true
    this.kill(`hung: ${why}`)
  }

  kill(why: string): void {
    this.#kills ??= why
    this.#worker.process.kill('SIGKILL')
  }

  #send(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.process.send(message, () => undefined)
  }

  // oxlint-disable-next-line complexity -- because a switch over every message is a table, not a decision
  #receive(message: FromWorker): void {
    // What it had has been given to others.
    if (this.#state === 'dead') return
    switch (message.type) {
      case 'awake':
        return
      case 'accepted':
        this.#given.get(message.id)?.destroy()
        this.#given.delete(message.id)
        return
      case 'listening':
      case 'ready':
        this.#lastBeatAt = performance.now()
        if (message.type === 'ready') this.#readyAt = this.#lastBeatAt
        if (this.#state === 'starting' || this.#state === 'listening') this.#become(message.type)
        return
      case 'failed':
        this.#error = fromWire(message.error)
        this.kill('failed')
        return
      case 'closed':
        this.#connections -= message.count
        this.#events.asked(this, message)
        return
      case 'ask':
      case 'lease':
      case 'returned':
        this.#events.asked(this, message)
        return
      case 'beat':
        this.#lastBeatAt = performance.now()
        this.#beat = message
        return
      case 'drained':
        this.kill(drained)
        return
      case 'answered':
        this.#become('closing')
        return
    }
  }

  /** What it has said before it ended may still be on its way: which connections it took, which leases it gave back. */
  #afterLastWords(callback: () => void): void {
    const timer = setTimeout(callback, lastWordsMs)
    const end = (): void => {
      clearTimeout(timer)
      callback()
    }
    if (this.#worker.isConnected()) this.#worker.once('disconnect', end)
    else end()
  }

  #die(error: Error): void {
    this.#error ??= error
    this.#become('dead')
  }

  #become(state: WorkerState): void {
    if (this.#state === 'dead') return
    this.#state = state
    this.#events.changed(this)
  }
}
