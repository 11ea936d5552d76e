/** The main twin of the reference, in TypeScript: what a Python service has there has its like here. */
export const mainTwin = `
import {
  api, BadInput, bytes, file, fileAt, image, InvalidArgument, list, NotFound, service, ServiceError, ServiceUnavailable,
  table, tensor, UnprocessableEntity, type Context, type Rows, type UploadedFile,
} from 'bentojs'
import { writeFile } from 'node:fs/promises'
import { z } from 'zod'

const Item = z.object({
  name: z.string(),
  price: z.number().default(1),
  tags: z.array(z.string()).nullable().default(null),
})
const matrix = tensor({ dtype: 'float32', shape: [2, 2] })

@service({ traffic: { timeout: 0.5 } })
export class Main {
  @api({ input: { name: z.string().default('world'), times: z.int().min(1).max(5).default(1) }, output: z.string() })
  greet({ name, times }: { name: string; times: number }) {
    return ('hello ' + name).repeat(times)
  }

  @api({ input: { a: z.int(), b: z.int() }, output: z.int() })
  add({ a, b }: { a: number; b: number }) {
    return a + b
  }

  @api({ output: z.null() })
  none() {
    return null
  }

  @api({ input: { x: z.int().nullable().default(null) }, output: z.int().nullable() })
  opt({ x }: { x: number | null }) {
    return x
  }

  @api({
    input: { features: z.array(z.array(z.number())) },
    output: z.array(z.number()),
    batchable: true,
    maxBatchSize: 8,
    maxLatencyMs: 500,
  })
  classify({ features }: { features: number[][] }) {
    return features.map((row) => row.reduce((sum, one) => sum + one, 0))
  }

  @api({ input: { rows: z.array(z.int()) }, output: z.array(z.int()), batchable: true })
  failing_batch({ rows }: { rows: number[] }): number[] {
    throw new InvalidArgument('No batch of ' + typeof rows)
  }

  @api({ input: { item: Item }, output: Item })
  item({ item }: { item: z.infer<typeof Item> }) {
    return item
  }

  @api({ input: Item, output: z.record(z.string(), z.unknown()) })
  item_root(item: z.infer<typeof Item>) {
    return { ...item }
  }

  @api({ input: z.string(), output: z.string() })
  root_str(text: string) {
    return text.toUpperCase()
  }

  @api({ input: z.array(z.int()), output: z.array(z.int()) })
  root_list(xs: number[]) {
    return xs.toReversed()
  }

  @api({ input: { x: matrix }, output: matrix })
  arr_t({ x }: any) {
    return { ...x, data: x.data.map((one: number) => one * 2) }
  }

  @api({ input: { x: table() }, output: table() })
  df({ x }: { x: Rows }) {
    return x
  }

  @api({ input: table({ orient: 'columns', columns: ['a', 'b'] }), output: table() })
  df_root(x: Rows) {
    return x
  }

  @api({ input: { f: file(), label: z.string().default('x') }, output: z.string() })
  file_in({ f, label }: { f: UploadedFile; label: string }) {
    return [label, f.name, f.size].join(':')
  }

  @api({ input: { f: file({ contentTypes: ['audio/mpeg'] }) }, output: z.string() })
  audio({ f }: { f: UploadedFile }) {
    return String(f.size)
  }

  @api({ input: file({ contentTypes: ['image/png'] }), output: z.int() })
  file_root(f: UploadedFile) {
    return f.size
  }

  @api({ input: { fs: list(file()) }, output: z.int() })
  files({ fs }: { fs: UploadedFile[] }) {
    return fs.reduce((sum, { size }) => sum + size, 0)
  }

  @api({ output: file({ contentTypes: ['text/csv'] }) })
  async file_out(_: object, { tempDir }: Context) {
    const path = tempDir + '/out.csv'
    await writeFile(path, 'a,b\\n1,2\\n')
    return fileAt(path)
  }

  @api({ input: { image: image() }, output: image() })
  img({ image }: { image: UploadedFile }) {
    return image
  }

  @api({ output: bytes() })
  bytesout() {
    return new Uint8Array([0, 1])
  }

  @api({ input: { n: z.int().default(3) }, output: z.string() })
  async *stream({ n }: { n: number }) {
    for (let i = 0; i < n; i++) yield 'chunk' + i + '\\n'
  }

  @api({ input: { n: z.int().default(3) }, output: z.object({ i: z.int() }) })
  *stream_sync({ n }: { n: number }) {
    for (let i = 0; i < n; i++) yield { i }
  }

  @api({ output: z.string() })
  async *stream_err() {
    if (this) throw new InvalidArgument('Not today')
    yield 'x'
  }

  @api({ output: z.string() })
  async *stream_err_late() {
    yield 'x'
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new InvalidArgument('Not today')
  }

  @api({ output: z.string() })
  async *slow_stream() {
    for (let i = 0; i < 4; i++) {
      yield 'chunk' + i
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  @api({ input: { a: z.int() } })
  ctxapi({ a }: { a: number }, { request, response }: Context) {
    response.status = 202
    response.headers['x-foo'] = 'bar'
    response.setCookie('k', 'v')
    return { in: request.headers['x-in'], a }
  }

  @api({ input: { kind: z.string() }, output: z.string() })
  err({ kind }: { kind: string }): string {
    if (kind === 'invalid') throw new InvalidArgument('It is invalid')
    if (kind === 'badinput') throw new BadInput('It is bad')
    if (kind === 'notfound') throw new NotFound('It is not there')
    if (kind === 'unavail') throw new ServiceUnavailable('It is down')
    if (kind === 'unproc') throw new UnprocessableEntity('It cannot be')
    if (kind === 'teapot') throw new ServiceError(418, 'It is a teapot')
    if (kind === 'auth') throw new ServiceError(401, 'Who are you')
    if (kind === 'forbid') throw new ServiceError(403, 'Not you')
    if (kind === 'badret') return 42 as any
    throw new TypeError('the password is 1234')
  }

  @api({ input: { s: z.number().default(10) }, output: z.string() })
  async slow({ s }: { s: number }) {
    await new Promise((resolve) => setTimeout(resolve, s * 1000))
    return 'done'
  }

  @api({ input: { x: z.int().default(0) }, output: z.int(), route: '/v1/custom' })
  customroute({ x }: { x: number }) {
    return x
  }
}
`
