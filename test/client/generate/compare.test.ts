import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { compareContracts, type Differences } from '../../../src/client/generate/compare.ts'
import { readContract, type Contract } from '../../../src/client/generate/contract.ts'
import { api } from '../../../src/service/api.ts'
import { describeDefinition } from '../../../src/service/describe.ts'
import { renderOpenapi } from '../../../src/service/openapi.ts'
import { pickService } from '../../../src/service/pick-service.ts'
import type { InputSchema, Schema } from '../../../src/service/schema-types.ts'
import { renderSchema } from '../../../src/service/schema.ts'
import { service } from '../../../src/service/service.ts'

interface Shape {
  readonly input?: InputSchema
  readonly output?: Schema
  readonly route?: string
  readonly stream?: 'chunks' | 'sse'
}

/** What a service with one method of this shape says of itself. */
function contractOf(shape: Shape): Contract {
  @service
  class Flowers {
    @api(shape)
    call(): unknown {
      return []
    }
  }
  const description = describeDefinition(pickService({ Flowers }))
  const openapi = renderOpenapi(description, { version: '1' })
  return readContract({ openapi, schema: renderSchema(description) }, 'here')
}

function compare(before: Shape, after: Shape): Differences {
  return compareContracts(contractOf(before), contractOf(after))
}

const flower = { name: z.string(), size: z.number() }

test.each<[string, [Shape, Shape], string[]]>([
  [
    'a new parameter that is required',
    [{ input: { a: z.string() } }, { input: { a: z.string(), b: z.number() } }],
    ['input.b is required now'],
  ],
  [
    'a parameter that was optional',
    [{ input: { a: z.string().optional() } }, { input: { a: z.string() } }],
    ['input.a is required now'],
  ],
  [
    'a parameter that is gone',
    [{ input: { a: z.string(), b: z.string() } }, { input: { a: z.string() } }],
    ['input.b is not taken any more'],
  ],
  [
    'another type, deep inside',
    [
      { input: { flowers: z.array(z.object(flower)) } },
      { input: { flowers: z.array(z.object({ ...flower, size: z.string() })) } },
    ],
    ['input.flowers[].size was number, is string'],
  ],
  [
    'a narrower type',
    [
      { input: { a: z.number(), b: z.union([z.string(), z.number()]) } },
      { input: { a: z.int(), b: z.string() } },
    ],
    ['input.a was number, is integer', 'input.b was number, is string'],
  ],
  [
    'a value that is not allowed any more',
    [
      { input: { colour: z.enum(['red', 'blue']) } },
      { input: { colour: z.enum(['red', 'green']) } },
    ],
    ['input.colour "blue" is not allowed'],
  ],
  [
    'fewer values than any',
    [{ input: { colour: z.string() } }, { input: { colour: z.enum(['red']) } }],
    ['input.colour only "red" is left'],
  ],
  [
    'tighter bounds',
    [
      { input: { a: z.number().max(10), b: z.string() } },
      { input: { a: z.number().max(5), b: z.string().min(1) } },
    ],
    ['input.a maximum is 5 now', 'input.b minLength is 1 now'],
  ],
  [
    'another answer',
    [{ output: z.array(z.string()) }, { output: z.array(z.number()) }],
    ['output[] was number, is string'],
  ],
  [
    'a field of an answer that may be absent',
    [
      { output: z.object(flower) },
      { output: z.object({ name: z.string(), size: z.number().optional() }) },
    ],
    ['output.size may be absent now'],
  ],
  [
    'an answer that may be null',
    [
      { output: z.object(flower) },
      { output: z.object({ ...flower, name: z.string().nullable() }) },
    ],
    ['output.name was null, is string'],
  ],
  [
    'one value in place of parameters',
    [{ input: { a: z.string() } }, { input: z.string() }],
    ['the body was named parameters, is one value'],
  ],
  ['another route', [{}, { route: '/v2/call' }], ['the route was /call, is /v2/call']],
  [
    'a stream in place of an answer',
    [{ output: z.array(z.string()) }, { output: z.array(z.string()), stream: 'chunks' }],
    ['the answer was a value, is a stream of chunks'],
  ],
])('names %s', (_what, [before, after], changes) => {
  expect(compare(before, after).breaking).toEqual(
    changes.map((change) => ({ method: 'call', change })),
  )
})

interface Tree {
  readonly children: readonly Tree[]
}
const Tree: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(Tree) }))

test.each<[string, Shape, Shape]>([
  [
    'nothing has changed',
    { input: flower, output: z.string() },
    { input: flower, output: z.string() },
  ],
  [
    'a parameter may be absent now',
    { input: flower },
    { input: { ...flower, size: z.number().optional() } },
  ],
  [
    'there is a new parameter with a default',
    { input: flower },
    { input: { ...flower, colour: z.string().default('red') } },
  ],
  [
    'a wider type is taken',
    { input: { a: z.int() } },
    { input: { a: z.union([z.number(), z.string()]) } },
  ],
  ['anything is taken', { input: { a: z.int() } }, { input: { a: z.unknown() } }],
  [
    'the answer has more',
    { output: z.object(flower) },
    { output: z.object({ ...flower, id: z.string() }) },
  ],
  ['the answer is narrower', { output: z.string().nullable() }, { output: z.string() }],
  ['bounds of an answer have changed', { output: z.number().max(5) }, { output: z.number() }],
  [
    'types hold themselves',
    { input: { tree: Tree }, output: Tree },
    { input: { tree: Tree }, output: Tree },
  ],
])('finds nothing where %s', (_what, before, after) => {
  expect(compare(before, after).breaking).toEqual([])
})

test('finds what has changed in types that hold themselves', () => {
  interface Node {
    readonly name: string
    readonly children: readonly Node[]
  }
  const Node: z.ZodType<Node> = z.lazy(() =>
    z.object({ name: z.string(), children: z.array(Node) }),
  )
  expect(compare({ input: { tree: Tree } }, { input: { tree: Node } }).breaking).toEqual([
    { method: 'call', change: 'input.tree.name is required now' },
  ])
})

test('names methods that are gone, and those that are new', () => {
  const [one] = [contractOf({})]
  const other = { ...one, methods: one.methods.map((method) => ({ ...method, name: 'fly' })) }
  expect(compareContracts(one, other)).toEqual({
    breaking: [{ method: 'call', change: 'the method is gone' }],
    added: ['fly'],
  })
})
