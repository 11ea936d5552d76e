import { Socket } from 'node:net'
import type { FromWorker, Question, ToWorker } from './protocol.ts'

interface Handlers {
  readonly connection: (socket: Socket) => void
  readonly drain: (lastCallMs: number) => Promise<void>
}

/** A worker's end of the channel to its supervisor. */
export class SupervisorLink {
  readonly #answers = new Map<number, (text: string) => void>()
  #nextId = 0

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

  on(handlers: Handlers): void {
    process.on('message', (message: ToWorker, handle: unknown) => {
      switch (message.type) {
        case 'begin':
          return
        case 'connection':
          // First of all: from here on it is this process that answers for the connection.
          this.send({ type: 'accepted', id: message.id })
          // The client may have gone while its connection was on the way: then there is no socket.
          if (handle instanceof Socket) handlers.connection(handle)
          return
        case 'answer':
          this.#answers.get(message.id)?.(message.text)
          this.#answers.delete(message.id)
          return
        case 'drain':
          void handlers.drain(message.lastCallMs)
          return
      }
    })
  }
}
