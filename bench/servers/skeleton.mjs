// The least that has bento's processes: a supervisor, a cluster worker, a thread with a session, node:http.
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

if (!isMainThread) {
  const { InferenceSession, Tensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(process.env.MODEL, { intraOpNumThreads: 1 })
  const [input, output] = [session.inputNames[0], session.outputNames[0]]
  parentPort.on('message', async (rows) => {
    const x = new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length])
    const { [output]: y } = await session.run({ [input]: x }, [output])
    parentPort.postMessage(Array.from(y.data, String))
  })
  parentPort.postMessage('ready')
} else if (cluster.isPrimary) {
  const worker = cluster.fork()
  process.on('SIGTERM', () => {
    worker.process.kill('SIGKILL')
    process.exit(0)
  })
} else {
  const thread = new Worker(new URL(import.meta.url))
  const waiting = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    waiting.push(response)
    const [rows] = Object.values(JSON.parse(Buffer.concat(chunks)))
    thread.postMessage(rows.map(Object.values))
  })
  thread.on('message', (message) => {
    if (message === 'ready') server.listen(Number(process.env.BENTO_PORT), '127.0.0.1')
    else {
      waiting.shift().setHeader('content-type', 'application/json').end(JSON.stringify(message))
    }
  })
}
