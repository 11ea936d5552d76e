import { afterEach, expect, test } from '@jest/globals'
import type { TensorMap, ValueInfo } from '../../src/lib/tensor.ts'
import { modelService } from '../../src/sdk.ts'
import type { ApiDefinition } from '../../src/service/definition.ts'
import { bindModelHost } from '../../src/service/models.ts'
import { findService } from '../../src/service/service.ts'

const signature = { batchable: true, batch_dim: 0 }
const label: ValueInfo = { name: 'label', dtype: 'string', shape: [null] }
const probabilities: ValueInfo = {
  name: 'probabilities',
  dtype: 'float32',
  shape: [null, 2],
  columns: ['yes', 'no'],
}

interface Opened {
  readonly apis: Readonly<Record<string, ApiDefinition>>
  /** What the model is given for this body. */
  readonly ask: (name: string, body: unknown) => Promise<TensorMap>
}

function open(
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
  ...names: string[]
): Opened {
  const signatures = Object.fromEntries(names.map((name) => [name, signature]))
  const definition = findService(modelService({ tag: 'm:v1', inputs, outputs, signatures }))
  if (!definition) throw new Error('it is no service')
  const apis = Object.fromEntries(definition.apis.map((api) => [api.name, api]))
  return {
    apis,
    async ask(name, body) {
      let given: TensorMap = {}
      const info = { tag: 'm:v1', framework: '', labels: {}, metadata: {}, context: {} }
      bindModelHost({
        info: () => ({ ...info, inputs, outputs, signatures }),
        path: () => '',
        async run(_tag, feeds) {
          given = feeds
          return {}
        },
      })
      const input: unknown = apis[name]?.codec.decode(Buffer.from(JSON.stringify(body)), undefined)
      const method: unknown = Reflect.get(definition.construct(), name)
      if (typeof method === 'function') await Reflect.apply(method, undefined, [input])
      return given
    },
  }
}

afterEach(() => void bindModelHost(undefined))

test('has an endpoint for each signature, described by what the model gives', () => {
  const { apis } = open(
    [{ name: 'X', dtype: 'float32', shape: [null, 2] }],
    [label, probabilities],
    'predict',
    'predict_proba',
    'run',
  )
  expect(Object.keys(apis)).toEqual(['predict', 'predict_proba', 'run'])
  expect(apis['predict']?.codec.output).toMatchObject({ type: 'array', items: { type: 'string' } })
  expect(apis['predict_proba']?.codec.output).toMatchObject({
    description: 'In each row, in this order: yes, no',
  })
  expect(apis['run']?.codec.output).toMatchObject({ required: ['label', 'probabilities'] })
})

test('gives everything where a signature asks for what the model has not', () => {
  const { apis } = open(
    [],
    [
      { ...label, name: 'a' },
      { ...label, name: 'b' },
    ],
    'predict',
    'predict_proba',
  )
  expect(apis['predict']?.codec.output).toMatchObject({ required: ['a', 'b'] })
  expect(apis['predict_proba']?.codec.output).toMatchObject({ required: ['a', 'b'] })
})

test('takes null for a missing value in rows of arrays', async () => {
  const { ask } = open([{ name: 'X', dtype: 'float64', shape: [null, 2] }], [label], 'predict')
  expect(await ask('predict', { X: [[1, null]] })).toMatchObject({
    X: { data: Float64Array.of(1, NaN) },
  })
})

test('takes one list of objects for inputs that are a column each', async () => {
  const inputs: ValueInfo[] = [
    { name: 'age', dtype: 'float32', shape: [null, 1] },
    { name: 'city', dtype: 'string', shape: [null, 1] },
  ]
  const { apis, ask } = open(inputs, [label], 'predict')
  expect(apis['predict']?.codec.input).toMatchObject({
    properties: {
      rows: {
        items: {
          anyOf: [
            { required: ['age', 'city'], additionalProperties: false },
            { prefixItems: [{}, { type: 'string' }], minItems: 2, maxItems: 2 },
          ],
        },
      },
    },
  })
  for (const row of [{ age: null, city: 'Bonn' }, [null, 'Bonn']]) {
    expect(await ask('predict', { rows: [row] })).toMatchObject({
      age: { shape: [1, 1], data: Float32Array.of(NaN) },
      city: { shape: [1, 1], data: ['Bonn'] },
    })
  }
  for (const [rows, loc] of [
    [[{ age: 1 }], ['rows', 0, 'city']],
    [[{ age: 1, city: 2 }], ['rows', 0, 'city']],
    [[[1]], ['rows', 0, 'city']],
    [[[1, 'Bonn', 3]], ['rows', 0, '2']],
    [[1], ['rows']],
    [[], ['rows']],
  ]) {
    await expect(ask('predict', { rows })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      detail: [{ loc }],
    })
  }
})

test('takes the tensors of a network by name', async () => {
  const { ask } = open(
    [
      { name: 'input_ids', dtype: 'int64', shape: [null, null] },
      { name: 'attention_mask', dtype: 'int64', shape: [null, null] },
    ],
    [{ name: 'hidden', dtype: 'float32', shape: [null, null, 8] }],
    '__call__',
  )
  const row = [[1, 2, 3]]
  expect(await ask('__call__', { input_ids: row, attention_mask: row })).toMatchObject({
    input_ids: { shape: [1, 3] },
    attention_mask: { data: BigInt64Array.of(1n, 2n, 3n) },
  })
})
