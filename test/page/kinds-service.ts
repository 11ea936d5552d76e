import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import {
  api,
  bytes,
  file,
  image,
  int64,
  list,
  optional,
  service,
  table,
  tensor,
  type Rows,
  type Tensor,
  type UploadedFile,
} from '../../src/sdk.ts'

export const hostile =
  '<script>document.title="taken"</script><img src=x onerror="document.title=1">'

const Flower = z.object({
  name: z.string().describe('What a gardener calls it'),
  petals: z.int().min(1).max(50),
  color: z.enum(['red', 'white', 'blue']),
  note: z.string().optional(),
})
type Flower = z.infer<typeof Flower>

interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
}
const Tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})

/** A method for each kind of input and of answer that the page knows. */
@service({
  description: `Many kinds. ${hostile}`,
  logging: { level: 'silent', access: { enabled: false } },
})
export class Kinds {
  @api({
    input: {
      text: z.string(),
      count: z.int().min(1).max(5),
      ratio: z.number(),
      wide: int64(),
      on: z.boolean(),
      color: z.enum(['red', 'white', 'blue']),
      times: z.int().default(3),
      maybe: z.string().nullable(),
    },
    description: `Each plain kind. ${hostile}`,
  })
  plain({ wide, ...rest }: Record<string, unknown>): unknown {
    return { ...rest, wide: String(wide) }
  }

  @api({ input: { flower: Flower, by: z.record(z.string(), z.number()) } })
  nested({ flower, by }: { flower: Flower; by: Record<string, number> }): unknown {
    return { flower, by: { ...by, deep: { er: true } } }
  }

  @api({
    input: { flowers: z.array(Flower) },
    output: z.array(z.object({ name: z.string(), petals: z.int() })),
    batchable: true,
  })
  rows({ flowers }: { flowers: Flower[] }): { name: string; petals: number }[] {
    return flowers.map(({ name, petals }) => ({ name, petals }))
  }

  @api({ input: { value: z.union([z.number(), z.object({ low: z.number(), high: z.number() })]) } })
  either({ value }: { value: unknown }): unknown {
    return { value }
  }

  @api({ input: { pair: z.tuple([z.string(), z.int()]), words: z.array(z.string()) } })
  lists(input: { pair: [string, number]; words: string[] }): unknown {
    return input
  }

  @api({ input: { tree: Tree } })
  tree({ tree }: { tree: Tree }): unknown {
    return tree
  }

  @api({ input: { x: tensor({ shape: [null, 2] }) }, output: tensor(), batchable: true })
  double({ x }: { x: Tensor }): Tensor {
    return { ...x, data: Float32Array.from([...x.data], (one) => 2 * Number(one)) }
  }

  @api({ input: table({ columns: ['a', 'b'] }), output: table({ orient: 'columns' }) })
  pivot(rows: Rows<'a' | 'b'>): Rows<'a' | 'b'> {
    return rows
  }

  @api({ input: { text: z.string() }, output: z.record(z.string(), z.number()) })
  classify({ text }: { text: string }): Record<string, number> {
    return { [hostile]: 0.25, calm: 0.7, length: text.length > 0 ? 0.05 : 0 }
  }

  @api({ input: z.string(), output: z.string() })
  shout(text: string): string {
    return `${text.toUpperCase()} ${hostile}`
  }

  @api({ input: { f: file(), label: z.string().default('x'), n: z.int().optional() } })
  async upload({ f, label, n }: { f: UploadedFile; label: string; n?: number }): Promise<unknown> {
    return { name: f.name, text: await f.text(), label, n }
  }

  @api({ input: { fs: list(file()) }, output: z.int() })
  total({ fs }: { fs: UploadedFile[] }): number {
    return fs.reduce((sum, { size }) => sum + size, 0)
  }

  @api({ input: { f: optional(file()), b: z.boolean() } })
  perhaps({ f, b }: { f?: UploadedFile; b: boolean }): unknown {
    return { size: f?.size ?? 'none', b }
  }

  @api({ input: bytes(), output: bytes() })
  reverse(given: Buffer): Uint8Array {
    return given.toReversed()
  }

  @api({ input: { img: image() }, output: image() })
  picture({ img }: { img: UploadedFile }): UploadedFile {
    return img
  }

  @api({ output: file({ contentTypes: ['text/html'] }) })
  markup(): Uint8Array {
    return Buffer.from(`<h1>Report</h1>${hostile}`)
  }

  @api({ input: { id: z.string(), n: z.int() }, route: '/items/{id}/parts/{n}' })
  item(input: { id: string; n: number }): unknown {
    return input
  }

  @api({ input: { n: z.int().default(3) }, output: z.string() })
  async *words({ n }: { n: number }): AsyncGenerator<string> {
    for (let at = 1; at <= n; at++) {
      yield `word${at} `
      await wait(60)
    }
  }

  @api({ output: z.object({ at: z.int() }), stream: 'sse' })
  async *events(): AsyncGenerator<{ at: number }> {
    for (let at = 1; at <= 3; at++) {
      yield { at }
      await wait(20)
    }
  }

  @api({ output: z.null() })
  nothing(): null {
    return null
  }
}
