import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, service, tensor } from '../../src/sdk.ts'
import type { Tensor } from '../../src/sdk.ts'
import { resolvePointer } from '../../src/service/codec/json-schema.ts'
import { describeService } from '../../src/service/describe.ts'
import { renderSchema } from '../../src/service/schema.ts'

type Tree = { children: Tree[] }
const Tree: z.ZodType<Tree> = z.object({ children: z.lazy(() => z.array(Tree)) })
const Item = z
  .object({ name: z.string(), tags: z.array(z.string()).nullable() })
  .meta({ id: 'Item' })

@service({ name: 'iris', description: 'Iris' })
class Iris {
  @api({
    input: { features: z.array(z.array(z.number())) },
    output: z.array(z.int()),
    batchable: true,
  })
  classify({ features }: { features: number[][] }): number[] {
    return features.map(() => 0)
  }

  @api({
    input: {
      name: z.string(),
      top_k: z.int().default(3),
      item: Item,
      pair: z.tuple([z.int(), z.int()]),
    },
    description: 'Describes',
  })
  describe({ name }: { name: string }): { name: string } {
    return { name }
  }

  @api({ input: { x: tensor({ shape: [null, 4] }) }, output: tensor({ dtype: 'int64' }) })
  infer({ x }: { x: Tensor }): Tensor {
    return x
  }

  @api({ input: z.array(z.number()), output: z.union([z.number(), z.string()]) })
  root(numbers: number[]): number {
    return numbers.length
  }

  @api({ input: { tree: Tree }, output: z.record(z.string(), Item) })
  grow(): Record<string, z.infer<typeof Item>> {
    return {}
  }
}

const schema = renderSchema(await describeService(async () => ({ Iris })))

function route(name: string) {
  return schema.routes.find((one) => one.name === name)
}

test("has BentoML's shape", () => {
  expect(schema).toMatchObject({
    name: 'iris',
    type: 'service',
    description: 'Iris',
    paths: { '/classify': { mounted: false }, '/describe': { mounted: false } },
  })
  expect(schema.routes.map((one) => one.name)).toEqual([
    'classify',
    'describe',
    'grow',
    'infer',
    'root',
  ])
  expect(route('classify')).toEqual({
    name: 'classify',
    route: '/classify',
    batchable: true,
    input: {
      type: 'object',
      title: 'Input',
      properties: {
        features: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
      },
      required: ['features'],
    },
    output: { type: 'array', items: expect.objectContaining({ type: 'integer' }) },
    is_task: false,
  })
})

test('keeps defaults, and puts what is shared in its place', () => {
  expect(route('describe')).toMatchObject({
    doc: 'Describes',
    input: {
      properties: {
        name: { type: 'string' },
        top_k: { type: 'integer', default: 3 },
        item: { type: 'object', properties: { name: { type: 'string' } } },
      },
      required: ['name', 'item', 'pair'],
    },
  })
})

test('describes an optional value as its value', () => {
  expect(route('describe')).toMatchObject({
    input: {
      properties: { item: { properties: { tags: { type: 'array', items: { type: 'string' } } } } },
    },
  })
})

test("says tensors in BentoML's words", () => {
  expect(route('infer')).toMatchObject({
    input: {
      properties: {
        x: { type: 'tensor', format: 'numpy-array', dtype: 'float32', dim: 2, shape: [-1, 4] },
      },
    },
    output: { type: 'tensor', format: 'numpy-array', dtype: 'int64' },
  })
})

test('marks a root input', () => {
  expect(route('root')?.input).toEqual({
    type: 'array',
    items: { type: 'number' },
    root_input: true,
  })
})

test('keeps all alternatives of an answer, as BentoML does: its client drops what it is not told of', () => {
  expect(route('root')?.output).toEqual({ type: ['number', 'string'] })
  expect(route('grow')?.output).toMatchObject({
    additionalProperties: {
      properties: { tags: { anyOf: [{ type: 'array', items: {} }, { type: 'null' }] } },
    },
  })
})

test('gives every array items, and leaves no alternative of what is sent', () => {
  expect(JSON.stringify(schema)).not.toMatch(/\$defs|allOf|oneOf/)
  expect(JSON.stringify(schema.routes.map(({ input }) => input))).not.toContain('anyOf')
  const text = JSON.stringify(schema)
  const arrays = text.match(/"type":"array"/g)?.length ?? 0
  const withItems: unknown[] = []
  JSON.parse(text, (_key, value: unknown) => {
    const isArray = value instanceof Object && 'type' in value && value.type === 'array'
    if (isArray && 'items' in value) withItems.push(value)
    return value
  })
  expect(withItems).toHaveLength(arrays)
  expect(arrays).toBeGreaterThan(5)
})

test('refers only from inside of what holds itself', () => {
  const text = JSON.stringify(schema.routes.filter(({ name }) => name !== 'grow'))
  expect(text).not.toContain('$ref')
  const { input = {} } = route('grow') ?? {}
  const [, reference = ''] = /"\$ref":"([^"]+)"/.exec(JSON.stringify(input)) ?? []
  expect(resolvePointer(input, reference)).toMatchObject({ properties: { children: {} } })
})

test('stays small where much holds itself and each other', async () => {
  type Part = { a: Part; b: Part }
  const parts: z.ZodType<Part>[] = Array.from({ length: 12 }, (_, at) => {
    const next = z.lazy(() => parts[(at + 1) % 12] ?? z.never())
    return z.object({ a: next, b: z.lazy(() => parts[(at + 5) % 12] ?? z.never()) })
  })
  @service()
  class Wide {
    @api({ input: { part: parts[0] ?? z.never() }, output: z.int() })
    count(): number {
      return 0
    }
  }
  const text = JSON.stringify(renderSchema(await describeService(async () => ({ Wide }))))
  expect(text.length).toBeGreaterThan(1000)
  expect(text.length).toBeLessThan(300_000)
})
