import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { api, models, service } from '../../src/sdk.ts'
import { describeService } from '../../src/service/describe.ts'
import { bindModelHost } from '../../src/service/models.ts'

@service({ traffic: { timeout: 5 }, description: 'Iris' })
class Iris {
  static readonly shared = models.get('shared:v1')
  readonly model = models.get('iris:latest')

  @api({ input: { x: z.array(z.number()) }, output: z.array(z.number()), batchable: true })
  classify({ x }: { x: number[] }): number[] {
    return x
  }
}

test('is plain data that survives JSON', async () => {
  const description = await describeService(async () => ({ Iris }))
  expect(JSON.parse(JSON.stringify(description))).toEqual(description)
  expect(description).toEqual({
    name: 'Iris',
    description: 'Iris',
    options: { traffic: { timeout: 5 } },
    apis: [
      {
        name: 'classify',
        route: '/classify',
        description: '',
        batchable: true,
        maxBatchSize: 100,
        maxLatencyMs: 60_000,
        input: {
          type: 'object',
          properties: { x: { type: 'array', items: { type: 'number' } } },
          required: ['x'],
        },
        output: { type: 'array', items: { type: 'number' } },
        isRootInput: false,
        inputTypes: ['application/json'],
        outputType: 'application/json',
      },
    ],
    models: ['iris:latest', 'shared:v1'],
    mounts: [],
  })
})

test('picks the service by name', async () => {
  await expect(describeService(async () => ({ Iris }), 'Other')).rejects.toMatchObject({
    code: 'SERVICE_NOT_FOUND',
  })
})

test('tells that work belongs in onStartup when the constructor throws', async () => {
  @service
  class Eager {
    readonly kind = 'eager'

    constructor() {
      throw new Error('no database')
    }
  }
  await expect(describeService(async () => ({ Eager }))).rejects.toMatchObject({
    code: 'SERVICE_INVALID',
    message: 'Eager cannot be constructed: it threw "no database"',
    hint: expect.stringContaining('@onStartup'),
    cause: expect.objectContaining({ message: 'no database' }),
  })
})

test('tells that models do not run in a constructor', async () => {
  @service
  class Curious {
    readonly inputs = models.get('iris:latest').inputs
  }
  await expect(describeService(async () => ({ Curious }))).rejects.toMatchObject({
    code: 'SERVICE_INVALID',
    message: expect.stringContaining('Model "iris:latest" is used before'),
  })
})

test('refuses options that are no data', async () => {
  const options: { labels: Record<string, string>; self?: object } = { labels: {} }
  options.self = options
  @service(options)
  class Circular {
    readonly kind = 'circular'
  }
  await expect(describeService(async () => ({ Circular }))).rejects.toMatchObject({
    code: 'SERVICE_INVALID',
    message: expect.stringContaining('plain data'),
  })
})

const iris = {
  tag: 'iris:v1',
  framework: 'onnx',
  inputs: [],
  outputs: [],
  signatures: {},
  labels: {},
  metadata: {},
  context: {},
}

test('leaves the host of the models as it was', async () => {
  const host = { run: async () => ({}), info: () => iris, path: () => '' }
  bindModelHost(host)
  await describeService(async () => ({ Iris }))
  expect(bindModelHost(undefined)).toBe(host)
})
