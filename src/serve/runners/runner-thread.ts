import type { MessagePort } from 'node:worker_threads'
import { toWire } from '../../errors.ts'
import type { Tensor, TensorMap } from '../../lib/tensor.ts'
import { InlineExecutor } from './inline-executor.ts'
import type { FromRunner, ToRunner } from './protocol.ts'

/** The whole of a runner thread: it loads models, runs them, and does nothing else. */
export function startRunner(port: MessagePort): void {
  port.once('message', (first: ToRunner) => {
    if (first.type === 'begin') listen(port, new InlineExecutor(first.load))
    else port.close()
  })
}

function listen(port: MessagePort, executor: InlineExecutor): void {
  const send = (message: FromRunner, outputs: TensorMap = {}): void =>
    port.postMessage(message, buffersOf(outputs))

  const answer = async (message: Extract<ToRunner, { id: number }>): Promise<void> => {
    const { id } = message
    try {
      if (message.type === 'ping') {
        send({ type: 'pong', id })
        return
      }
      if (message.type === 'load') {
        send({ type: 'loaded', id, shape: await executor.load(message.model) })
        return
      }
      const outputs = await executor.run(message.requested, message.inputs)
      send({ type: 'result', id, outputs }, outputs)
    } catch (error) {
      send({ type: 'failure', id, error: toWire(error) })
    }
  }

  port.on('message', (message: ToRunner) => {
    if ('id' in message) {
      void answer(message)
      return
    }
    // Closing the port ends the thread by itself; terminating it inside a run would abort the process.
    void executor.close().finally(() => port.close())
  })
}

/** Results are the runner's own, so that their memory can move instead of being copied. */
function buffersOf(outputs: TensorMap): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const tensor of Object.values(outputs)) {
    if (ownsItsBuffer(tensor)) buffers.add(tensor.data.buffer)
  }
  return [...buffers]
}

type OwnedTensor = Tensor & { readonly data: { readonly buffer: ArrayBuffer } }

function ownsItsBuffer(tensor: Tensor): tensor is OwnedTensor {
  const { data } = tensor
  return (
    !Array.isArray(data) &&
    data.buffer instanceof ArrayBuffer &&
    data.byteLength === data.buffer.byteLength
  )
}
