import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { TensorMap } from '../../../../src/lib/tensor.ts'
import { catboost } from '../../../../src/models/frameworks/catboost/framework.ts'
import { toModelInputs } from '../../../../src/service/model-inputs.ts'
import { expectNear, importCase, readFixture, unpack, writeModel } from '../../tree-cases.ts'
import type { Imported, Packed } from '../../tree-cases.ts'

type Column =
  | { readonly name: string; readonly numbers: Packed }
  | { readonly name: string; readonly categories: readonly (string | number)[] }

/** A model that test/fixtures/trees/make.py trained, with 200 rows and what CatBoost answers. */
interface CategoryCase {
  readonly name: string
  readonly model: string
  readonly columns: readonly Column[]
  readonly margins: Packed
  readonly probabilities?: Packed
  readonly labels?: readonly string[]
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because make.py wrote it
const cases = readFixture('catboost-categories') as CategoryCase[]

async function importModel(model: string): Promise<Imported> {
  return importCase(catboost, await writeModel('model.json', Buffer.from(model, 'base64')))
}

type Row = Readonly<Record<string, unknown>>

function rowsOf({ columns }: CategoryCase): Row[] {
  const named = columns.map((column): [string, ArrayLike<unknown>] => [
    column.name,
    'numbers' in column ? unpack(column.numbers) : column.categories,
  ])
  return Array.from({ length: named[0]?.[1].length ?? 0 }, (_, at) =>
    Object.fromEntries(named.map(([name, cells]) => [name, cells[at]])),
  )
}

/** As a service is given them. */
function run({ loaded }: Imported, given: unknown): Promise<TensorMap> {
  return loaded.run(toModelInputs(given, loaded.inputs, 'm:v1'))
}

test.each(cases.map((item): [string, CategoryCase] => [item.name, item]))(
  'predicts as CatBoost does: %s',
  async (_name, item) => {
    const imported = await importModel(item.model)
    const rows = rowsOf(item)
    expect(rows).toHaveLength(200)
    const answers = await run(imported, rows)
    expectAsCatboost(imported, item, answers)
    // A row alone, and rows as lists, answer the same.
    expect(await run(imported, rows.map(Object.values))).toEqual(answers)
    const last = await run(imported, rows.slice(-1))
    expect(last['predictions']?.data).toEqual(
      answers['predictions']?.data.slice(-(answers['predictions'].shape[1] ?? 1)),
    )
  },
)

function expectAsCatboost(imported: Imported, item: CategoryCase, answers: TensorMap): void {
  const { name } = imported.model.header.transform
  if (!item.probabilities) {
    expectNear(answers['predictions']?.data, unpack(item.margins), 0)
    return
  }
  // CatBoost takes a fast exponential for softmax.
  const steps = name === 'softmax' ? 1024 : 2
  expectNear(answers['probabilities']?.data, unpack(item.probabilities), steps)
  expect(Array.from<unknown, string>(answers['label']?.data ?? [], String)).toEqual(item.labels)
}

const [mixed] = cases
if (mixed === undefined) throw new Error('no case')

test('a column is an input of its own, a category a word or an integer', async () => {
  const imported = await importModel(mixed.model)
  expect(imported.loaded.inputs).toEqual([
    { name: 'n0', dtype: 'float32', shape: [null] },
    { name: 'w1', dtype: 'string', shape: [null], category: true },
    { name: 'k2', dtype: 'string', shape: [null], category: true },
    { name: 'n3', dtype: 'float32', shape: [null] },
    { name: 'w4', dtype: 'string', shape: [null], category: true },
  ])
  const n = Float32Array.of(0.5, -1)
  const words = ['a', 'Köln']
  const wanted = await run(imported, { n0: n, w1: words, k2: ['3', '-2'], n3: n, w4: words })
  for (const k2 of [[3, -2], Int32Array.of(3, -2), BigInt64Array.of(3n, -2n)]) {
    expect(await run(imported, { n0: n, w1: words, k2, n3: n, w4: words })).toEqual(wanted)
  }
})

test.each<[string, unknown, string]>([
  ['no integer', { w1: 'a', k2: 2.5 }, 'at [0][k2]: Input should be a valid string'],
  ['a missing category', { w1: null, k2: 2 }, 'at [0][w1]: Input should be a valid string'],
  ['a column left out', { k2: 2 }, 'at [0][w1]: Field required'],
  [
    'a word for a number',
    { w1: 'a', k2: 2, n0: 'b' },
    'at [0][n0]: Input should be a valid number',
  ],
])('refuses %s', async (_name, row, words) => {
  const { loaded } = await importModel(mixed.model)
  const rows = [{ n0: 1, n3: 1, w4: 'a', ...Object(row) }]
  expect(() => toModelInputs(rows, loaded.inputs, 'm:v1')).toThrow(words)
})

test('refuses columns of different lengths', async () => {
  const imported = await importModel(mixed.model)
  const given = { n0: [1, 2], w1: ['a'], k2: [1, 2], n3: [1, 2], w4: ['a', 'b'] }
  await expect(run(imported, given)).rejects.toMatchObject({
    code: 'MODEL_INPUT_INVALID',
    message: expect.stringContaining('"w1" has another length than "n0"'),
  })
})

/** Trees of one-hot splits alone, written as CatBoost writes them, with the hashes of "a", "b" and "Köln". */
const hashes = { a: 3489901818 | 0, b: 1982436109 | 0, Köln: 3291368495 | 0 }
type Word = keyof typeof hashes
const words = ['a', 'b', 'Köln'] as const satisfies readonly Word[]

const level = fc.record({ column: fc.nat(2), word: fc.constantFrom(...words) })
const tree = fc.array(level, { minLength: 1, maxLength: 4 }).chain((levels) =>
  fc.record({
    levels: fc.constant(levels),
    leaves: fc.array(fc.integer({ min: -99, max: 99 }), {
      minLength: 2 ** levels.length,
      maxLength: 2 ** levels.length,
    }),
  }),
)

test('random trees equal a plain walk', async () => {
  const row = fc.array(fc.constantFrom(...words, 'c', ''), { minLength: 3, maxLength: 3 })
  const property = fc.asyncProperty(
    fc.array(tree, { minLength: 1, maxLength: 4 }),
    fc.array(row, { minLength: 1, maxLength: 8 }),
    async (trees, rows) => {
      const file = await writeModel('model.json', JSON.stringify(toFile(trees)))
      const answers = await run(await importCase(catboost, file), rows)
      const wanted = rows.map((cells) =>
        trees.reduce((sum, { levels, leaves }) => {
          const bits = levels.map(({ column, word }) => (cells[column] === word ? '1' : '0'))
          return sum + (leaves[Number.parseInt(bits.toReversed().join(''), 2)] ?? NaN)
        }, 0),
      )
      expect(answers['predictions']?.data).toEqual(Float64Array.from(wanted))
    },
  )
  await fc.assert(property, { numRuns: 40 })
})

type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never

function toFile(trees: readonly Tree[]): unknown {
  const features = words.map((_, at) => ({
    feature_id: `c${at}`,
    feature_index: at,
    flat_feature_index: at,
    values: Object.values(hashes),
  }))
  const loss = { type: 'RMSE', params: {} }
  return {
    features_info: { categorical_features: features },
    model_info: { params: { loss_function: loss } },
    oblivious_trees: trees.map(({ levels, leaves }) => ({
      leaf_values: leaves,
      splits: levels.map(({ column, word }) => ({
        split_type: 'OneHotFeature',
        cat_feature_index: column,
        value: hashes[word],
      })),
    })),
    scale_and_bias: [1, [0]],
  }
}
