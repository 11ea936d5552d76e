import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, onShutdown, onStartup, service } from '../../src/sdk.ts'
import type { ServiceDefinition } from '../../src/service/definition.ts'
import { findService } from '../../src/service/service.ts'

function definitionOf(value: unknown): ServiceDefinition {
  const definition = findService(value)
  if (definition) return definition
  throw new Error('not a service')
}

test('knows the class, its options, its endpoints and its hooks', () => {
  @service({ description: 'Greets', workers: 2, labels: { owner: 'ann' } })
  class Greeter {
    @api({ input: { name: z.string() }, output: z.string(), description: 'Says hello' })
    greet({ name }: { name: string }): string {
      return `hello ${name}`
    }

    @api({
      route: '/v1/adieu',
      batchable: true,
      input: { names: z.array(z.string()) },
      maxBatchSize: 8,
    })
    adieu({ names }: { names: string[] }): string[] {
      return names
    }

    @onStartup
    warm(): void {}

    @onStartup
    open(): void {}

    @onShutdown
    close(): void {}
  }
  expect(definitionOf(Greeter)).toMatchObject({
    name: 'Greeter',
    description: 'Greets',
    options: { workers: 2, labels: { owner: 'ann' } },
    apis: [
      { name: 'adieu', route: '/v1/adieu', batchable: true, maxBatchSize: 8, maxLatencyMs: 60_000 },
      {
        name: 'greet',
        route: '/greet',
        batchable: false,
        maxBatchSize: 100,
        description: 'Says hello',
      },
    ],
    startup: ['open', 'warm'],
    shutdown: ['close'],
  })
})

test('may be bare, and named otherwise than the class', () => {
  @service
  class Bare {
    readonly kind = 'bare'
  }
  @service({ name: 'other-name' })
  class Named {
    readonly kind = 'named'
  }
  expect(definitionOf(Bare)).toMatchObject({ name: 'Bare', apis: [], options: {} })
  expect(definitionOf(Named)).toMatchObject({ name: 'other-name', options: {} })
})

test('constructs the class', () => {
  @service
  class Counter {
    readonly start = 3
  }
  expect(definitionOf(Counter).construct()).toMatchObject({ start: 3 })
})

describe('a subclass', () => {
  class Parent {
    @api
    shared(): string {
      return 'parent'
    }

    @onStartup
    open(): void {}
  }

  @service
  class Child extends Parent {
    @api({ route: '/v2/shared' })
    override shared(): string {
      return 'child'
    }

    @api
    own(): string {
      return 'own'
    }
  }

  @service
  class Sibling extends Parent {}

  @service
  class Grandchild extends Child {
    override own(): string {
      return 'grandchild'
    }
  }

  test('inherits endpoints and hooks, and may override them', () => {
    const { apis, startup } = definitionOf(Child)
    expect(apis.map((one) => one.route)).toEqual(['/own', '/v2/shared'])
    expect(startup).toEqual(['open'])
  })

  test('does not leak into its siblings', () => {
    expect(definitionOf(Sibling).apis.map((one) => one.route)).toEqual(['/shared'])
  })

  test('keeps an endpoint whose method it overrides without saying so again', () => {
    expect(definitionOf(Grandchild).apis.map((one) => one.name)).toEqual(['own', 'shared'])
  })

  test('is no service without @service of its own', () => {
    class Plain extends Child {}
    expect(findService(Plain)).toBeUndefined()
    expect(findService(Child)).toBeDefined()
  })
})

test('stays an endpoint when another decorator replaces the method', () => {
  const seen: string[] = []
  function traced<This>(method: (this: This) => string, context: ClassMethodDecoratorContext) {
    return function wrapper(this: This): string {
      seen.push(String(context.name))
      return method.call(this)
    }
  }

  @service
  class Traced {
    @traced
    @api
    outer(): string {
      return 'outer'
    }
  }
  expect(definitionOf(Traced).apis.map((one) => one.name)).toEqual(['outer'])
  expect(new Traced().outer()).toBe('outer')
  expect(seen).toEqual(['outer'])
})

test.each([[undefined], [null], [{}], [() => undefined], ['Greeter']])(
  '%p is no service',
  (value) => {
    expect(findService(value)).toBeUndefined()
  },
)
