import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, file, int64, onStartup, service, tensor } from '../../src/sdk.ts'
import type { InputSchema, Schema } from '../../src/service/schema-types.ts'

function invalid(message: string): unknown {
  return expect.objectContaining({
    code: 'SERVICE_INVALID',
    message: expect.stringContaining(message),
    hint: expect.stringMatching(/\.$/),
  })
}

class Plain {
  readonly kind = 'plain'
}

// What TypeScript would refuse, JavaScript writes.
function decorate(decorator: unknown, ...given: unknown[]): unknown {
  if (typeof decorator !== 'function') throw new TypeError('not a decorator')
  return Reflect.apply(decorator, undefined, given)
}

function methodContext(changes: object = {}): object {
  return { kind: 'method', name: 'run', static: false, private: false, metadata: {}, ...changes }
}

function compile(options: object): unknown {
  return decorate(api(options), () => undefined, methodContext())
}

describe('@service', () => {
  test('twice on a class is refused', () => {
    expect(() => {
      @service()
      @service
      class Twice extends Plain {}
      return Twice
    }).toThrow(invalid('twice to Twice'))
  })

  test('above a method is refused', () => {
    expect(() => decorate(service(), () => undefined, methodContext())).toThrow(
      invalid('not a class'),
    )
  })

  test.each([[{ experimental: true }], [undefined], ['run']])(
    'by the old decorators is told from the new: %p',
    (context) => {
      expect(() => decorate(service(), Plain, context)).toThrow(invalid('standard decorator'))
      expect(() => decorate(service, Plain, context)).toThrow(invalid('standard decorator'))
      expect(() => decorate(api(), Plain, context)).toThrow(invalid('standard decorator'))
      expect(() => decorate(onStartup, Plain, context)).toThrow(invalid('standard decorator'))
    },
  )

  test.each(['', 'a b', '../x', '-x', 'x.', 'é', 'a'.repeat(64), 'a\nb', '__proto__'])(
    'does not take %j for a name',
    (name) => {
      expect(() => {
        @service({ name })
        class Named extends Plain {}
        return Named
      }).toThrow(expect.objectContaining({ code: 'SERVICE_INVALID' }))
    },
  )

  test('needs a name', () => {
    expect(() =>
      decorate(service(), Plain, { kind: 'class', name: undefined, metadata: {} }),
    ).toThrow(invalid('has no name'))
  })

  test('refuses two methods on one route', () => {
    expect(() => {
      @service
      class Shared {
        @api({ route: '/x' })
        a(): void {}

        @api({ route: '/x' })
        b(): void {}
      }
      return Shared
    }).toThrow(invalid('"a" and "b" of Shared share the route /x'))
  })
})

describe('@api', () => {
  test.each([
    ['classify', 'does not start with "/"'],
    ['', 'does not start with "/"'],
    [3, 'does not start with "/"'],
    ['/livez', 'belongs to every service'],
    ['/metrics', 'belongs to every service'],
    ['/schema.json', 'belongs to every service'],
    ['/static_content/x', 'belongs to every service'],
    ['/a?b', 'not a plain path'],
    ['/a b', 'not a plain path'],
    ['/a/../b', 'not a plain path'],
    ['//a', 'not a plain path'],
    ['/a/', 'not a plain path'],
    ['/%2e', 'not a plain path'],
    ['/x{id}', 'not a plain path'],
    ['/{a b}', 'not a plain path'],
    ['/{id}/{id}', 'has a name twice'],
    ['/static_content/{id}', 'belongs to every service'],
    ['/a\r\nb', 'not a plain path'],
  ])('does not answer on %j', (route, reason) => {
    expect(() => compile({ route })).toThrow(invalid(reason))
  })

  test.each([
    [{ stream: 'events' }, 'has "events" as its `stream`'],
    [{ contentType: 'text/plain' }, 'is no stream'],
    [{ stream: 'sse', contentType: 'text/plain' }, 'events have their own'],
    [{ stream: 'sse', batchable: true, input: { a: z.array(z.int()) } }, 'batchable, and a stream'],
  ])('takes no stream of %j', (options, reason) => {
    expect(() => compile(options)).toThrow(invalid(reason))
  })

  test('takes no method whose own name is a reserved route', () => {
    expect(() => decorate(api(), () => undefined, methodContext({ name: 'readyz' }))).toThrow(
      invalid('belongs to every service'),
    )
  })

  test.each([
    [{ static: true }, 'is static'],
    [{ private: true, name: '#run' }, 'is private'],
    [{ name: Symbol('run') }, 'is a symbol'],
    [{ kind: 'field' }, 'is a field'],
    [{ kind: 'getter' }, 'is a getter'],
    [{ kind: 'class' }, 'is a class'],
  ])('stands above public methods only: %p', (changes, reason) => {
    for (const decorator of [api(), onStartup]) {
      expect(() => decorate(decorator, () => undefined, methodContext(changes))).toThrow(
        invalid(reason),
      )
    }
  })

  test.each([
    ['max_batch_size', 'maxBatchSize'],
    ['batchabel', 'batchable'],
    ['task', 'input, output'],
  ])('does not know the option %s', (key, meant) => {
    expect(() => compile({ [key]: 1 })).toThrow(
      expect.objectContaining({ code: 'SERVICE_INVALID', hint: expect.stringContaining(meant) }),
    )
  })

  test.each([[null], ['classify'], [3]])('does not take %p for options', (options) => {
    const decorator: unknown = Reflect.apply(api, undefined, [options])
    expect(() => decorate(decorator, () => undefined, methodContext())).toThrow(
      invalid('no options'),
    )
  })

  test.each([
    [{ maxBatchSize: 0 }, 'maxBatchSize'],
    [{ maxBatchSize: 1.5 }, 'maxBatchSize'],
    [{ maxBatchSize: '8' }, 'maxBatchSize'],
    [{ maxLatencyMs: 0 }, 'maxLatencyMs'],
    [{ maxLatencyMs: NaN }, 'maxLatencyMs'],
    [{ maxLatencyMs: '8' }, 'maxLatencyMs'],
  ])('refuses the bound %p', (options, name) => {
    expect(() => compile(options)).toThrow(invalid(name))
  })

  test.each([
    [{ input: { x: 3 } }, 'Parameter "x" of "run" has no schema'],
    [{ input: { x: z } }, 'Parameter "x" of "run" has no schema'],
    [{ input: { x: { '~standard': {} } } }, 'Parameter "x" of "run" has no schema'],
    [{ input: { '~standard': null } }, '"run" has no schema'],
    [{ output: { x: z.string() } }, 'The output of "run" has no schema'],
    [{ input: { ['__proto__']: z.string() } }, 'cannot have a parameter "__proto__"'],
  ])('wants schemas: %p', (options, message) => {
    expect(() => compile(options)).toThrow(invalid(message))
  })

  test.each([
    [{ input: { x: z.object({ id: int64() }) } }, 'int64() cannot be a part'],
    [{ input: z.object({ of: z.object({ id: int64() }) }) }, 'int64() cannot be a part'],
    [{ input: { x: z.object({ pixels: tensor() }) } }, 'tensor() cannot be a part'],
    [{ output: z.object({ picture: file() }) }, 'file() cannot be a part'],
  ])('takes no schema of its own within one of zod: %#', (options, message) => {
    expect(() => compile(options)).toThrow(invalid(message))
  })

  test.each<[InputSchema | undefined, Schema | undefined, string]>([
    [undefined, undefined, 'it has no parameters'],
    [{ a: z.array(z.string()), b: z.string() }, undefined, 'it has 2 parameters instead of one'],
    [{ a: z.string() }, undefined, 'its parameter "a" is not an array'],
    [{ a: tensor({ shape: [] }) }, undefined, 'its parameter "a" is not an array'],
    [{ a: z.array(z.string()).optional() }, undefined, 'its parameter "a" may be absent'],
    [z.string(), undefined, 'its input is not an array'],
    [{ a: z.array(z.string()) }, z.string(), 'its answer is not an array'],
  ])('does not batch what has no rows', (input, output, reason) => {
    const options = { batchable: true, ...(input && { input }), ...(output && { output }) }
    expect(() => compile(options)).toThrow(invalid(`"run" cannot be batchable: ${reason}`))
  })

  test.each<[InputSchema]>([
    [{ a: z.array(z.string()) }],
    [{ a: z.array(z.string()).default([]) }],
    [{ a: tensor({ shape: [null, 4] }) }],
    [{ a: tensor() }],
    [z.array(z.number())],
    [tensor()],
  ])('batches what has rows', (input) => {
    expect(() => compile({ batchable: true, input })).not.toThrow()
  })

  test('survives a rule that trips over what is absent', () => {
    const tripping = z.any().transform((value: { length: number }) => value.length)
    expect(() => compile({ input: { x: tripping } })).not.toThrow()
  })
})

test.each([
  [{ dtype: 'float128' }, '"float128" is not the dtype'],
  [{ shape: [-1] }, '[-1] is not the shape'],
  [{ shape: [1.5] }, '[1.5] is not the shape'],
  [{ shape: '4' }, '"4" is not the shape'],
  [{ shape: Array(33).fill(1) }, 'is not the shape'],
])('tensor(%j) is refused', (options, message) => {
  expect(() => void Reflect.apply(tensor, undefined, [options])).toThrow(invalid(message))
})
