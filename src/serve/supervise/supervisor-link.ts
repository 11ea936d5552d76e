import { Socket } from 'node:net'
import type { ConcurrencyGate, LeaseSource } from '../concurrency.ts'
import type { FromWorker, Question, ToWorker } from './protocol.ts'

interface Handlers {
  readonly connection: (socket: Socket) => void
  readonly drain: (lastCallMs: number) => Promise<void>
  readonly gate: ConcurrencyGate
}

// Connections often end together, and one message then says it of all of them.
const closedDelayMs = 20

/** A worker's end of the channel to its supervisor. */
export class SupervisorLink {
  readonly #answers = new Map<number, (text: string) => void>()
  #nextId = 0
  #closed = 0
  #granted: (count: number) => void = () => undefined

  /** Sends on. A supervisor that is gone hears nothing; node:cluster ends this process then. */
  send(message: FromWorker): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
  }

  ask(question: Question): Promise<string> {
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#answers.set(id, resolve)
      this.send({ type: 'ask', id, question })
    })
  }

  /** The leases of all workers, as one of them sees them. */
  leases(block: number): LeaseSource {
    return {
      block,
      ask: (count) =>
        new Promise((resolve) => {
          this.#granted = resolve
          this.send({ type: 'lease', count })
        }),
      giveBack: (count) => this.send({ type: 'returned', count, isRecalled: false }),
    }
  }

  on(handlers: Handlers): void {
    // oxlint-disable-next-line complexity -- because a switch over every message is a table, not a decision
    process.on('message', (message: ToWorker, handle: unknown) => {
      switch (message.type) {
        case 'begin':
          return
        case 'connection':
          // First of all: from here on it is this process that answers for the connection.
          this.send({ type: 'accepted', id: message.id })
          this.#take(handle, handlers)
          return
        case 'answer':
          this.#answers.get(message.id)?.(message.text)
          this.#answers.delete(message.id)
          return
        case 'granted':
          this.#granted(message.count)
          return
        case 'recall':
          this.send({ type: 'returned', count: handlers.gate.takeUnused(), isRecalled: true })
          return
        case 'drain':
          void handlers.drain(message.lastCallMs)
          return
      }
    })
  }

  #take(handle: unknown, { connection }: Handlers): void {
    // The client may have gone while its connection was on the way: then there is no socket.
    if (!(handle instanceof Socket)) {
      this.#sayClosed()
      return
    }
    handle.once('close', () => this.#sayClosed())
    connection(handle)
  }

  #sayClosed(): void {
    this.#closed++
    if (this.#closed > 1) return
    setTimeout(() => {
      this.send({ type: 'closed', count: this.#closed })
      this.#closed = 0
    }, closedDelayMs).unref()
  }
}
