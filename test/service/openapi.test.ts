import { expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { z } from 'zod'
import { api, service, tensor } from '../../src/sdk.ts'
import type { Tensor } from '../../src/sdk.ts'
import { describeService } from '../../src/service/describe.ts'
import { renderOpenapi } from '../../src/service/openapi.ts'
import { Flowers } from '../client/flowers.ts'
import { Files } from '../serve/http/file-service.ts'
import { Streams } from '../serve/streams/stream-service.ts'

type Tree = { children: Tree[] }
const Tree: z.ZodType<Tree> = z.object({ children: z.lazy(() => z.array(Tree)) })

@service({ description: 'Everything' })
class Everything {
  @api({ input: { tree: Tree }, output: z.string(), description: 'Grows' })
  grow(): string {
    return ''
  }

  @api({ input: { x: tensor({ shape: [null, 4] }) }, output: tensor(), batchable: true })
  infer({ x }: { x: Tensor }): Tensor {
    return x
  }

  @api({ input: z.string(), route: '/v1/echo' })
  $echo(text: string): string {
    return text
  }

  @api
  ping(): void {}
}

const description = await describeService(async () => ({ Everything }))
const document = renderOpenapi(description, { version: 'abc123' })

test('is valid OpenAPI 3.1', async () => {
  // The validator adds to what it is given.
  const { errors, valid } = await new Validator().validate(structuredClone({ ...document }))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
})

// Files, images, bytes, tables, tensors, lists and defaults; streams; paths with names; numbers of 64 bits.
test.each([
  ['files and tables', { Files }],
  ['streams', { Streams }],
  ['a client', { Flowers }],
])('is valid OpenAPI 3.1 for a service of %s', async (_what, module) => {
  const described = await describeService(async () => module)
  const rendered = renderOpenapi(described, { version: 'v1' })
  expect(Object.keys(rendered.paths).length).toBeGreaterThan(10)
  const { errors, valid } = await new Validator().validate(structuredClone({ ...rendered }))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
})

test('names the service and stands where it is served', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Everything', version: 'abc123', description: 'Everything' },
    servers: [{ url: '.' }],
  })
  expect(Object.keys(document.paths)).toEqual([
    '/healthz',
    '/livez',
    '/readyz',
    '/metrics',
    '/v1/echo',
    '/grow',
    '/infer',
    '/ping',
  ])
})

test('describes a method', () => {
  expect(document.paths['/grow']).toMatchObject({
    post: {
      operationId: 'Everything__grow',
      'x-bentoml-name': 'grow',
      description: 'Grows',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/grow__Input' } } },
      },
      responses: {
        '200': {
          content: { 'text/plain': { schema: { $ref: '#/components/schemas/grow__Output' } } },
        },
        '400': {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  })
  expect(document.paths['/ping']).toMatchObject({ post: { requestBody: { required: false } } })
})

test('leads every reference somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(10)
  for (const [, pointer = ''] of references) {
    const found = pointer
      .split('/')
      .reduce<unknown>(
        (node, key) => (node instanceof Object ? Reflect.get(node, key) : undefined),
        document,
      )
    expect(found).toBeDefined()
  }
})
