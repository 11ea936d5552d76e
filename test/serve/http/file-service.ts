import { z } from 'zod'
import {
  api,
  bytes,
  file,
  fileAt,
  image,
  int64,
  list,
  optional,
  service,
  table,
  tensor,
  type Context,
  type Rows,
  type Tensor,
  type UploadedFile,
} from '../../../src/sdk.ts'

/** Where the files of its requests lay, for tests that look whether they are gone. */
export const seenPaths: string[] = []

/** A method for each kind of input and output. */
@service({ logging: { level: 'silent', access: { enabled: false } } })
export class Files {
  @api({
    input: { f: file(), label: z.string().default('x'), n: z.int().optional() },
    output: z.string(),
  })
  async describe({ f, label, n }: { f: UploadedFile; label: string; n?: number }): Promise<string> {
    seenPaths.push(await f.path())
    return [label, f.name, f.type, f.size, n ?? '-'].join(':')
  }

  @api({ input: { fs: list(file(), { maxItems: 5 }) }, output: z.int() })
  total({ fs }: { fs: UploadedFile[] }): number {
    return fs.reduce((sum, { size }) => sum + size, 0)
  }

  @api({ input: { a: z.number(), b: z.number(), c: z.string().optional() } })
  add({ a, b, c }: { a: number; b: number; c?: string }): unknown {
    return { sum: a + b, c }
  }

  @api({ input: file(), output: z.string() })
  async root(f: UploadedFile): Promise<string> {
    return `${f.type}:${f.size}:${(await f.bytes()).toString('hex').slice(0, 8)}`
  }

  @api({ input: bytes(), output: bytes() })
  reverse(given: Buffer): Uint8Array {
    return given.toReversed()
  }

  @api({ input: { f: optional(file()), b: optional(bytes()), i: optional(int64(), 7) } })
  maybe({ f, b, i }: { f?: UploadedFile; b?: Buffer; i: bigint }): unknown {
    return { f: f?.size, b: b?.toString('latin1'), i: String(i) }
  }

  @api({ input: { x: tensor({ shape: [null, 2] }) }, output: tensor(), batchable: true })
  double({ x }: { x: Tensor }): Tensor {
    return { ...x, data: Float32Array.from(numbersOf(x), (value) => 2 * value) }
  }

  @api({ input: { x: tensor(), n: z.number() }, output: z.array(z.number()) })
  scale({ x, n }: { x: Tensor; n: number }): number[] {
    return numbersOf(x).map((value) => n * value)
  }

  @api({ input: table({ columns: ['a', 'b'] }), output: table({ orient: 'columns' }) })
  pivot(rows: Rows<'a' | 'b'>): Rows<'a' | 'b'> {
    return rows
  }

  @api({ input: { f: file() }, output: file() })
  echo({ f }: { f: UploadedFile }): UploadedFile {
    return f
  }

  @api({ input: { img: image() }, output: image() })
  picture({ img }: { img: UploadedFile }): UploadedFile {
    return img
  }

  @api({ output: file({ contentTypes: ['text/csv'] }) })
  async report(_input: object, context: Context): Promise<UploadedFile> {
    const { writeFile } = await import('node:fs/promises')
    const path = `${context.tempDir}/out.csv`
    await writeFile(path, 'a,b\n'.repeat(500_000))
    seenPaths.push(path)
    return fileAt(path)
  }

  @api({ input: { f: file() } })
  async fail({ f }: { f: UploadedFile }): Promise<never> {
    seenPaths.push(await f.path())
    throw new Error('It broke')
  }
}

function numbersOf({ data }: Tensor): number[] {
  return Array.from<unknown, number>(data, Number)
}
