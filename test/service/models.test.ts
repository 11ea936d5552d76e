import { afterEach, describe, expect, test } from '@jest/globals'
import { isTensor } from '../../src/lib/tensor-ops.ts'
import type { Tensor, TensorMap, ValueInfo } from '../../src/lib/tensor.ts'
import { models } from '../../src/sdk.ts'
import type { ModelInfo } from '../../src/service/model-host.ts'
import { bindModelHost, requestedModels } from '../../src/service/models.ts'

const features: ValueInfo = { name: 'X', dtype: 'float32', shape: [null, 2] }
const flag: ValueInfo = { name: 'flag', dtype: 'bool', shape: [] }
const ids: ValueInfo = { name: 'ids', dtype: 'int64', shape: [null] }

const iris: ModelInfo = {
  tag: 'iris:v1',
  framework: 'onnx',
  inputs: [],
  outputs: [],
  signatures: {},
  labels: {},
  metadata: { accuracy: 0.9 },
  context: {},
}

/** A host whose models give back what they were given. */
function bindEcho(...inputs: ValueInfo[]): TensorMap[] {
  const runs: TensorMap[] = []
  bindModelHost({
    info: () => ({ ...iris, inputs }),
    path: (_requested, file) => `/store/iris/v1/${file}`,
    async run(_requested, feeds) {
      runs.push(feeds)
      return feeds
    },
  })
  return runs
}

afterEach(() => void bindModelHost(undefined))

test('remembers every tag that was asked for, sorted', () => {
  models.get('zebra:v1')
  models.get('ant')
  models.get('zebra:v1')
  expect(requestedModels()).toEqual(['ant', 'zebra:v1'])
})

test('runs once a host is there, also for a handle that is older', async () => {
  const model = models.get('iris')
  const runs = bindEcho(features)
  expect(model.inputs).toEqual([features])
  expect(model.outputs).toEqual([])
  expect(model.info).toMatchObject({ tag: 'iris:v1', metadata: { accuracy: 0.9 } })
  await model.run({ X: [[1, 2]] })
  expect(runs).toMatchObject([
    { X: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } },
  ])
})

test('finds a file that was stored with the model', () => {
  const model = models.get('iris')
  expect(() => model.path('tokenizer.json')).toThrow(expect.objectContaining({ code: 'NOT_READY' }))
  bindEcho(features)
  expect(model.path('tokenizer.json')).toBe('/store/iris/v1/tokenizer.json')
})

test('says where models run when there is no host', async () => {
  await expect(models.get('iris').run([[1, 2]])).rejects.toMatchObject({
    code: 'NOT_READY',
    hint: expect.stringContaining('bento serve'),
  })
})

test.each([
  [
    [
      [1, 2],
      [3, 4],
    ],
    [2, 2],
  ],
  [Float32Array.of(1, 2, 3, 4), [2, 2]],
  [Float64Array.of(1, 2), [1, 2]],
  [{ dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } as const, [1, 2]],
])('takes %p for the only input', async (value, shape) => {
  bindEcho(features)
  const { X } = await models.get('iris').run(value)
  expect(X).toMatchObject({ dtype: 'float32', shape })
})

test('takes single values for inputs of one element', async () => {
  bindEcho(flag, ids)
  const { flag: given, ids: one } = await models.get('m').run({ flag: true, ids: 7 })
  expect(given).toMatchObject({ shape: [], data: Uint8Array.of(1) })
  expect(one).toMatchObject({ shape: [1], data: BigInt64Array.of(7n) })
})

test("never gives the caller's own buffer away", async () => {
  const runs = bindEcho(features)
  const mine = Float32Array.of(1, 2)
  await models.get('iris').run(mine)
  await models.get('iris').run({ X: { dtype: 'float32', shape: [1, 2], data: mine } })
  for (const { X } of runs) expect(X?.data).not.toBe(mine)
  expect(runs).toHaveLength(2)
})

test('gives outputs that JSON writes as nested arrays', async () => {
  bindEcho(features)
  const result = await models.get('iris').run([[1, 2]])
  expect(isTensor(result['X'])).toBe(true)
  expect(JSON.stringify(result)).toBe('{"X":[[1,2]]}')
})

describe('an input that does not fit', () => {
  test.each<[unknown, string]>([
    [{}, '"X" is missing; "ids" is missing'],
    [{ X: [[1, 2]], ids: [1], more: 1 }, '"more" is not one of its inputs'],
    [{ X: [[1, 2, 3]], ids: [1] }, '"X" does not fit float32[?, 2]: Input should have the shape'],
    [{ X: [[1, 'a']], ids: [1] }, '"X" does not fit float32[?, 2] at [0][1]: Input should be'],
    [{ X: [[1, 2]], ids: [1.5] }, '"ids" does not fit int64[?] at [0]'],
    [[[1, 2]], '"X" is missing; "ids" is missing'],
    [{ X: new Float32Array(3), ids: [1] }, '3 items do not fill the shape [?, 2]'],
  ])('is named with what the model takes', async (value, text) => {
    bindEcho(features, ids)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because JavaScript would pass anything
    const run = models.get('iris').run(value as Record<string, number>)
    await expect(run).rejects.toMatchObject({
      code: 'MODEL_INPUT_INVALID',
      message: expect.stringContaining(text),
      hint: 'Give it X: float32[?, 2], ids: int64[?].',
    })
  })
})

test.each([[''], ['  '], [undefined], [3]])('refuses %p for a tag', (tag) => {
  expect(() => void Reflect.apply(models.get, models, [tag])).toThrow(
    expect.objectContaining({ code: 'TAG_INVALID' }),
  )
})

test.each([
  ['save', () => models.save({})],
  ['list', () => models.list()],
  ['find', () => models.find('iris')],
  ['delete', () => models.delete('iris')],
])('models.%s does not work inside a bento', async (_name, call) => {
  await expect(call()).rejects.toMatchObject({ code: 'MODEL_UNDECLARED' })
})

const named: ValueInfo = {
  name: 'X',
  dtype: 'float32',
  shape: [null, 2],
  columns: ['age', 'income'],
}

describe('rows as objects', () => {
  test('a wrong name is met with the names that there are', async () => {
    bindEcho(named)
    await expect(models.get('iris').run([{ age: 1, salary: 2 }])).rejects.toMatchObject({
      message: expect.stringContaining('at [0][income]: Field required'),
      hint: 'Give it X: float32[?, 2] of age, income.',
    })
  })

  test.each<[string, unknown]>([
    ['alone', [{ income: 2, age: 1 }]],
    ['under the name of the input', { X: [{ age: 1, income: 2 }] }],
    ['as one row', { age: 1, income: 2 }],
  ])('are put in the order of the columns, %s', async (_name, value) => {
    const runs = bindEcho(named)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the table has many forms
    await models.get('iris').run(value as Record<string, number>[])
    expect(runs).toMatchObject([{ X: { shape: [1, 2], data: Float32Array.of(1, 2) } }])
  })

  test('may have missing values, which are NaN', async () => {
    const runs = bindEcho(named)
    await models.get('iris').run([
      { age: null, income: 2 },
      { age: 3, income: null },
    ])
    expect(runs[0]?.['X']?.data).toEqual(Float32Array.of(NaN, 2, 3, NaN))
  })

  test('fill inputs that are a column each', async () => {
    const runs = bindEcho(
      { name: 'age', dtype: 'float64', shape: [null, 1] },
      { name: 'city', dtype: 'string', shape: [null, 1] },
      { name: 'id', dtype: 'int64', shape: [null] },
    )
    await models.get('iris').run([
      { age: 1.5, city: 'Bonn', id: 7 },
      { age: null, city: 'Köln', id: 2n ** 60n },
    ])
    expect(runs).toMatchObject([
      {
        age: { shape: [2, 1], data: Float64Array.of(1.5, NaN) },
        city: { shape: [2, 1], data: ['Bonn', 'Köln'] },
        id: { shape: [2], data: BigInt64Array.of(7n, 2n ** 60n) },
      },
    ])
  })

  test.each<[ValueInfo, unknown, string]>([
    [named, [{ age: 1 }], 'its rows at [0][income]: Field required'],
    [
      named,
      [
        { age: 1, income: 2 },
        { age: 1, incme: 2 },
      ],
      'at [1][income]: Field required',
    ],
    [named, [{ age: 1, income: 2, x: 3 }], 'at [0][x]: The model has no such column'],
    [named, [{ age: '1', income: 2 }], 'at [0][age]: Input should be a valid number or null'],
    [named, [{ age: 1, income: 2 }, 3], 'at [1]: Input should be an object'],
    [features, { X: [{ age: 1 }] }, 'its columns have no names'],
    [{ ...named, dtype: 'int64' }, [{ age: 1, income: null }], 'at [0][income]: Input should'],
    [{ name: 'city', dtype: 'string', shape: [null] }, [{ city: null }], 'at [0][city]: Input'],
  ])('of %p are refused where they do not fit: %p', async (info, value, text) => {
    bindEcho(info)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because JavaScript would pass anything
    const run = models.get('iris').run(value as Record<string, number>[])
    await expect(run).rejects.toMatchObject({
      code: 'MODEL_INPUT_INVALID',
      message: expect.stringContaining(text),
    })
  })
})

describe('predict and predictProba', () => {
  /** A host whose model answers this. */
  function bindAnswer(outputs: TensorMap): void {
    bindModelHost({
      info: () => ({
        ...iris,
        inputs: [features],
        outputs: Object.entries(outputs).map(([name, { dtype, shape }]) => ({
          name,
          dtype,
          shape,
        })),
      }),
      path: () => '',
      run: async () => outputs,
    })
  }
  const label: Tensor = { dtype: 'string', shape: [2], data: ['a', 'b'] }
  const two: Tensor = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 0, 0.25, 0.75) }

  test.each<[string, TensorMap]>([
    ['of trees', { predictions: two, label, probabilities: two }],
    ['as converters of scikit-learn name them', { output_label: label, output_probability: two }],
  ])('give the outputs of a classifier, %s', async (_name, outputs) => {
    bindAnswer(outputs)
    const model = models.get('iris')
    expect(await model.predict([[1, 2]])).toEqual(['a', 'b'])
    expect(await model.predictProba([[1, 2]])).toEqual([
      [1, 0],
      [0.25, 0.75],
    ])
  })

  test('predict gives the only output of a regressor', async () => {
    bindAnswer({ variable: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) } })
    expect(await models.get('iris').predict([[1, 2]])).toEqual([false, true])
  })

  test('name what there is instead', async () => {
    bindAnswer({ a: two, b: two })
    const model = models.get('iris')
    for (const run of [model.predict([[1, 2]]), model.predictProba([[1, 2]])]) {
      await expect(run).rejects.toMatchObject({
        code: 'SERVICE_INVALID',
        hint: expect.stringContaining('it gives a, b.'),
      })
    }
  })
})
