import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  api,
  bytes,
  file,
  fileAt,
  image,
  InvalidArgument,
  list,
  NotFound,
  service,
  ServiceError,
  ServiceUnavailable,
  table,
  tensor,
  UnprocessableEntity,
  type Cell,
  type Context,
  type Tensor,
  type UploadedFile,
} from 'bentojs'
import { z } from 'zod'

const Item = z.object({
  name: z.string(),
  price: z.number().default(1),
  tags: z.array(z.string()).default([]),
})
type Item = z.infer<typeof Item>

const Level = z.literal([1, 2])

/** One method for each kind of input and answer that BentoML has. service.py is the same in Python. */
@service({ name: 'twin', traffic: { timeout: 20 } })
export class Twin {
  @api({
    input: { name: z.string().default('world'), times: z.int().min(1).max(5).default(1) },
    output: z.string(),
  })
  greet({ name, times }: { name: string; times: number }): string {
    return `hello ${name}`.repeat(times)
  }

  @api({ input: { a: z.int(), b: z.int() }, output: z.int() })
  add({ a, b }: { a: number; b: number }): number {
    return a + b
  }

  @api({ input: { x: z.number() }, output: z.number() })
  half({ x }: { x: number }): number {
    return x / 2
  }

  @api({ input: { on: z.boolean() }, output: z.boolean() })
  flip({ on }: { on: boolean }): boolean {
    return !on
  }

  @api({ output: z.null() })
  nothing(): null {
    return null
  }

  @api({ input: { item: Item }, output: Item })
  item({ item }: { item: Item }): Item {
    return item
  }

  @api({ input: { items: z.array(Item) }, output: z.array(z.number()) })
  items({ items }: { items: Item[] }): number[] {
    return items.map((item) => item.price)
  }

  @api({ input: z.string(), output: z.string() })
  shout(text: string): string {
    return text.toUpperCase()
  }

  @api({ input: z.array(z.int()), output: z.array(z.int()) })
  reverse(xs: number[]): number[] {
    return xs.toReversed()
  }

  @api({ input: Item, output: z.record(z.string(), z.number()) })
  item_root(item: Item): Record<string, number> {
    return { [item.name]: item.price }
  }

  @api({
    input: { features: z.array(z.array(z.number())) },
    output: z.array(z.number()),
    batchable: true,
    maxBatchSize: 8,
    maxLatencyMs: 10_000,
  })
  classify({ features }: { features: number[][] }): number[] {
    return features.map((row) => row.reduce((sum, one) => sum + one, 0))
  }

  @api({ input: { x: tensor({ shape: [null, 2] }) }, output: tensor() })
  matrix({ x }: { x: Tensor }): Tensor {
    const data = Float32Array.from([...x.data], (one) => Number(one) * 2)
    return { dtype: 'float32', shape: x.shape, data }
  }

  @api({ input: { rows: table() }, output: table() })
  frame({ rows }: { rows: Record<string, Cell>[] }): Record<string, Cell>[] {
    return rows
  }

  @api({
    input: { rows: table({ orient: 'columns', columns: ['a', 'b'] }) },
    output: table({ orient: 'columns', columns: ['a', 'b'] }),
  })
  columns({ rows }: { rows: Record<'a' | 'b', Cell[]> }): Record<'a' | 'b', Cell[]> {
    return rows
  }

  @api({ input: { f: file(), label: z.string().default('x') }, output: z.string() })
  async file_in({ f, label }: { f: UploadedFile; label: string }): Promise<string> {
    return `${label}:${f.size}:${await f.text()}`
  }

  @api({ input: { fs: list(file()) }, output: z.int() })
  files({ fs }: { fs: UploadedFile[] }): number {
    return fs.reduce((sum, one) => sum + one.size, 0)
  }

  @api({ input: { f: file({ contentTypes: ['audio/mpeg'] }) }, output: z.int() })
  audio({ f }: { f: UploadedFile }): number {
    return f.size
  }

  @api({ input: file({ contentTypes: ['image/png'] }), output: z.int() })
  file_root(f: UploadedFile): number {
    return f.size
  }

  @api({ output: file({ contentTypes: ['text/csv'] }) })
  async file_out(_input: object, context: Context): Promise<UploadedFile> {
    const path = join(context.tempDir, 'out.csv')
    await writeFile(path, 'a,b\n1,2\n')
    return fileAt(path)
  }

  @api({ input: { image: image() }, output: image() })
  picture({ image: given }: { image: UploadedFile }): UploadedFile {
    return given
  }

  @api({ output: bytes() })
  blob(): Uint8Array {
    return Uint8Array.of(0, 1, 255)
  }

  @api({ input: { n: z.int().default(3) }, output: z.string() })
  *words({ n }: { n: number }): Generator<string> {
    for (let i = 0; i < n; i += 1) yield `word ${i}\n`
  }

  @api({ output: z.string() })
  // oxlint-disable-next-line require-yield -- because it fails before it has anything to give
  *late(): Generator<string> {
    throw new InvalidArgument('too late')
  }

  @api({ input: { kind: z.string() }, output: z.string() })
  err({ kind }: { kind: string }): string {
    const errors: Record<string, Error> = {
      invalid: new InvalidArgument('invalid'),
      notfound: new NotFound('not found'),
      unprocessable: new UnprocessableEntity('unprocessable'),
      unavailable: new ServiceUnavailable('unavailable'),
      teapot: new ServiceError(418, 'teapot'),
      forbidden: new ServiceError(403, 'forbidden'),
      value: new Error('value'),
    }
    throw errors[kind] ?? new Error('unknown')
  }

  @api({
    input: { xs: z.array(z.int()).nullable().default(null) },
    output: z.array(z.int()).nullable(),
  })
  maybe({ xs }: { xs: number[] | null }): number[] | null {
    return xs
  }

  @api({ input: { level: Level.default(1) }, output: Level })
  level({ level }: { level: z.infer<typeof Level> }): z.infer<typeof Level> {
    return level
  }

  @api({ input: { x: z.int().default(0) }, output: z.int(), route: '/v1/custom' })
  renamed({ x }: { x: number }): number {
    return x
  }
}
