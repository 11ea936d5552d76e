import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { assembleForServing } from '../../src/build/assemble.ts'
import { importModel } from '../../src/models/save.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { createProject } from '../build/project.ts'
import { node, onnxModel } from '../models/onnx-writer.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A service that can go wrong in every way, on request. */
const source = `
import { api, models, onStartup, service } from 'bentojs'
import { z } from 'zod'

const hoard: unknown[] = []
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
let rows = 0
let inside = 0
let most = 0

@service({ traffic: { timeout: 20 } })
export class Probe {
  readonly model = models.get('powers:v1')

  @onStartup
  async start() {
    await wait(Number(process.env.STARTUP_MS ?? 0))
    if (process.env.DIE_AT_START && process.uptime() > 0 && process.env.DIE_FILE) {
      const { existsSync } = await import('node:fs')
      if (existsSync(process.env.DIE_FILE)) process.exit(7)
    }
  }

  @api()
  pid() {
    return process.pid
  }

  @api({ input: { ms: z.number() } })
  async slow({ ms }: { ms: number }) {
    inside++
    most = Math.max(most, inside)
    await wait(ms)
    inside--
    return process.pid
  }

  /** A stream that is open for so long. */
  @api({ input: { ms: z.number() }, output: z.string() })
  async *tell({ ms }: { ms: number }) {
    for (let part = 0; part < 5; part++) {
      yield 'part ' + part + '\\n'
      await wait(ms / 5)
    }
    yield 'end'
  }

  /** Its batches take 20 ms each. */
  @api({ input: { xs: z.array(z.number()) }, output: z.array(z.number()), batchable: true, maxBatchSize: 8, maxLatencyMs: 5000 })
  async double({ xs }: { xs: number[] }) {
    rows += xs.length
    await wait(20)
    return xs.map((x) => x * 2)
  }

  @api()
  seen() {
    return { rows, most }
  }

  @api({ input: { size: z.number() } })
  async power({ size }: { size: number }) {
    const { y } = await this.model.run({ x: { dtype: 'float32', shape: [size, size], data: new Float32Array(size * size) } })
    return y?.shape
  }

  @api({ input: { how: z.string() } })
  die({ how }: { how: string }) {
    if (how === 'abort') process.abort()
    if (how === 'loop') for (;;);
    if (how === 'memory') for (;;) hoard.push(new Array(10_000).fill(Math.random()))
    if (how === 'throw') setImmediate(() => { throw new Error('a bug in a callback') })
    else process.kill(process.pid, how)
    return wait(60_000)
  }

  @api({ input: { megabytes: z.number() } })
  grow({ megabytes }: { megabytes: number }) {
    hoard.push(Buffer.alloc(megabytes * 1_000_000, 1))
    return process.pid
  }

  @api()
  forget() {
    void Promise.reject(new Error('nobody waits for this'))
    return process.pid
  }
}
`

/** x to the 17th: seconds of work for a matrix that is large enough. */
function powersModel(): Uint8Array {
  const names = ['x', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'y']
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['n', 'n'] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['n', 'n'] }],
    graph: names
      .slice(1)
      .map((to, index) => node('MatMul', { from: [names[index] ?? 'x', 'x'], to: [to] })),
  })
}

/** Bundles the probe. Gives its folder. */
export async function buildProbe(): Promise<string> {
  const home = await temporaryFolder()
  const file = join(home, 'powers.onnx')
  await writeFile(file, powersModel())
  const models = openModelStore(home)
  await importModel(models, { file, name: 'powers', version: 'v1' })
  const files = { 'package.json': '{"type":"module"}', 'service.ts': source }
  const context = await createProject(files, ['zod', 'onnxruntime-node', 'onnxruntime-common'])
  const { path } = await assembleForServing({
    project: { kind: 'project', context, module: join(context, 'service.ts') },
    models,
  })
  return path
}

export interface ProbeServer {
  readonly server: Started
  readonly port: number
  readonly url: string
  /** Resolves when it serves. */
  readonly ready: Promise<unknown>
}

export interface ProbeOptions {
  readonly options?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

const running: Started[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()))
})

/** Starts the probe on a port that is free. */
export async function startProbe(path: string, given: ProbeOptions = {}): Promise<ProbeServer> {
  const port = await freePort()
  const server = start(process.execPath, [join(path, 'dist', 'service.mjs')], {
    cwd: path,
    env: {
      BENTO_PORT: String(port),
      BENTO_CONFIG_OVERRIDES: JSON.stringify({
        logging: { access: { enabled: false } },
        ...given.options,
      }),
      ...given.env,
    },
  })
  running.push(server)
  const ready = server.printed(/Serving on/)
  ready.catch(() => undefined)
  return { server, port, url: `http://127.0.0.1:${port}`, ready }
}

/** Starts the probe, and waits until it serves. */
export async function serveProbe(path: string, given: ProbeOptions = {}): Promise<ProbeServer> {
  const probe = await startProbe(path, given)
  await probe.ready
  return probe
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Calls a method on a connection of its own. */
export async function call(url: string, method: string, input: object = {}): Promise<unknown> {
  const response = await fetch(`${url}/${method}`, {
    method: 'POST',
    headers: { connection: 'close', 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return response.json()
}

/** The sum of the samples of a metric whose line matches. */
export async function metric(url: string, pattern: RegExp): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { connection: 'close' } })
  const lines = (await response.text()).split('\n').filter((line) => pattern.test(line))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Memory of a process and of its children, in bytes. */
export function rssOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + ownRssOf(each), 0)
}

export function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`)
  return tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  )
}

function ownRssOf(pid: number): number {
  const [, kibibytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
