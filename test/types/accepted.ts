// Compiled, never run: each method here fits its schemas, and must go on compiling.
import * as v from 'valibot'
import { z } from 'zod'
import type { BatchContext, Context, Rows, Tensor, UploadedFile } from '../../src/index.ts'
import {
  api,
  bytes,
  file,
  image,
  int64,
  list,
  metrics,
  models,
  isAlive,
  isReady,
  onShutdown,
  onStartup,
  optional,
  service,
  table,
  tensor,
} from '../../src/index.ts'

const Iris = z.object({ sepal: z.number(), petal: z.number() })

@service
export class Bare {
  @api
  ping(): string {
    return 'pong'
  }
}

@service({
  name: 'everything',
  description: 'All options',
  resources: { cpu: '2', memory: '4Gi', gpu: 1, gpuType: 'nvidia-l4' },
  traffic: { timeout: 10, concurrency: 4, maxConcurrency: 8 },
  workers: 'cpu_count',
  threads: 2,
  logging: { access: { enabled: true, requestContentLength: false, skipPaths: ['/metrics'] } },
  metrics: { enabled: true, namespace: 'iris', duration: { min: 0.1, max: 1, factor: 2 } },
  envs: [{ name: 'TOKEN', stage: 'runtime' }],
  labels: { owner: 'ann' },
  http: { host: '0.0.0.0', port: 8080 },
  runTimeout: 30,
})
export class Accepted {
  static readonly shared = models.get('shared')
  readonly model = models.get('iris:latest')

  @api({ input: { features: z.array(Iris) }, output: z.array(z.string()), batchable: true })
  async classify(
    { features }: { features: z.infer<typeof Iris>[] },
    context: BatchContext,
  ): Promise<string[]> {
    return features.map(() => String(context.requests.length))
  }

  @api({ input: { name: z.string().optional(), times: z.number().default(1) }, output: z.string() })
  greet({ name, times }: { name?: string; times: number }, context: Context): string {
    context.response.status = 201
    context.response.headers['x-name'] = name ?? ''
    return (name ?? 'world').repeat(times)
  }

  @api({ input: { anything: z.unknown(), any: z.any() } })
  loose({ anything }: { anything: unknown; any: unknown }): unknown {
    return anything
  }

  @api({ input: z.array(z.number()), output: z.number() })
  sum(numbers: number[]): number {
    return numbers.reduce((total, one) => total + one, 0)
  }

  @api({ input: { at: z.string().transform((text) => new Date(text)) }, output: z.number() })
  transformed({ at }: { at: Date }): number {
    return at.getTime()
  }

  @api({ input: { text: v.string() }, output: v.number() })
  valibot({ text }: { text: string }): Promise<number> {
    return Promise.resolve(text.length)
  }

  @api({ input: { x: tensor({ shape: [null, 4] }) }, output: tensor(), batchable: true })
  async infer({ x }: { x: Tensor }): Promise<Tensor> {
    const { y } = await this.model.run({ x })
    return y ?? x
  }

  @api({ output: tensor({ dtype: 'float32', shape: [null] }) })
  flat(): Float32Array {
    return new Float32Array(2)
  }

  @api({ output: tensor({ dtype: 'float32' }) })
  nested(): number[][] {
    return [[1, 2]]
  }

  @api({ input: { f: file(), tags: list(int64()), n: optional(int64()) }, output: image() })
  files({ f, tags, n = 0n }: { f: UploadedFile; tags: bigint[]; n?: bigint }): File | UploadedFile {
    return tags.includes(n) ? f : new File([], f.name)
  }

  @api({ input: table({ columns: ['a', 'b'] }), output: table({ orient: 'columns' }) })
  pivot(rows: Rows<'a' | 'b'>): Rows<'a' | 'b'> {
    return rows
  }

  @api({ input: bytes(), output: bytes() })
  reverse(given: Buffer): Uint8Array {
    return given.toReversed()
  }

  // A method may ask for less than it is given.
  @api({ input: { a: z.number(), b: z.number() } })
  partly({ a }: { a: number }): { a: number } {
    return { a }
  }

  @api({ route: '/v1/nothing', description: 'Takes nothing', maxBatchSize: 4, maxLatencyMs: 5 })
  nothing(): void {}

  @api()
  called(_input: object, context: Context): string {
    return context.request.method
  }

  @api({ input: { n: z.number() }, output: z.string() })
  async *words({ n }: { n: number }): AsyncGenerator<string> {
    yield String(n)
  }

  @api({ output: z.object({ i: z.number() }), stream: 'sse' })
  *objects(): Generator<{ i: number }> {
    yield { i: 1 }
  }

  @api({ output: z.string(), stream: 'chunks', contentType: 'text/plain' })
  async passedOn(): Promise<AsyncIterable<string>> {
    return this.words({ n: 1 })
  }

  @api({ input: { id: z.int() }, output: z.string(), route: '/items/{id}' })
  item({ id }: { id: number }, context: Context): string {
    const { params, query, cookies } = context.request
    context.response.setCookie('seen', String(id), { httpOnly: true, maxAge: 60 })
    context.waitUntil(Promise.resolve())
    context.waitUntil(() => context.tempDir)
    return `${params['id']} ${query.get('q')} ${cookies['seen']}`
  }

  @onStartup
  async open(): Promise<void> {
    await this.model.run(new Float32Array(4))
    await this.model.run([[1, 2, 3, 4]])
    await Accepted.shared.run({ a: 1, b: 'text', c: [1n, 2n] })
  }

  @onShutdown
  close(): void {}

  @isAlive
  lives(): boolean {
    return true
  }

  @isReady
  async serves(): Promise<boolean> {
    return true
  }
}

const cats = metrics.counter({ name: 'cats_total', help: 'Cats seen', labels: ['colour'] })
cats.inc({ colour: 'black' })
cats.inc({ colour: 'black' }, 2)
const load = metrics.gauge({ name: 'load', help: 'Load', aggregate: 'max' })
load.set(0.5)
load.dec()
const naps = metrics.histogram({ name: 'nap_seconds', help: 'Naps', buckets: [1, 60] })
naps.observe(naps.startTimer()())
