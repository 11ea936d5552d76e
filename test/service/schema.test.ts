import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, service, tensor } from '../../src/sdk.ts'
import type { Tensor } from '../../src/sdk.ts'
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
  expect(route('root')?.output).toEqual({ type: 'number' })
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

test('gives every array items, and leaves no reference and no alternative', () => {
  const text = JSON.stringify(schema)
  expect(text).not.toMatch(/\$ref|\$defs|anyOf|allOf|oneOf/)
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
