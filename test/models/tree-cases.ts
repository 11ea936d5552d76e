import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect } from '@jest/globals'
import { toNested } from '../../src/lib/tensor-json.ts'
import { concatData } from '../../src/lib/tensor-ops.ts'
import type { Tensor, TensorMap } from '../../src/lib/tensor.ts'
import type { Framework } from '../../src/models/frameworks/framework.ts'
import type { LoadedModel } from '../../src/models/runtimes/runtime.ts'
import { Evaluator } from '../../src/models/runtimes/trees/evaluator.ts'
import { decodeTrees } from '../../src/models/runtimes/trees/file.ts'
import type { TreesModel } from '../../src/models/runtimes/trees/model.ts'
import { trees } from '../../src/models/runtimes/trees/runtime.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export type Numbers = Float32Array | Float64Array | Int32Array

export interface Packed {
  readonly dtype: 'float32' | 'float64' | 'int32'
  readonly shape: readonly number[]
  readonly data: string
}

/** A model that test/fixtures/trees/make.py trained, with rows and what its framework answers. */
export interface TreeCase {
  readonly name: string
  readonly file: string
  readonly model: string
  readonly rows: Packed
  readonly margins?: Packed
  readonly predictions?: Packed
  readonly probabilities?: Packed
  readonly label?: Packed
  /** Labels that are words, or booleans as words. */
  readonly words?: readonly string[]
}

export function readCases(name: string): TreeCase[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because make.py wrote it
  return readFixture(name) as TreeCase[]
}

/** What make.py wrote under this name. */
export function readFixture(name: string): unknown {
  const file = fileURLToPath(new URL(`../fixtures/trees/${name}.json.gz`, import.meta.url))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because make.py wrote it
  const { cases } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { cases: unknown }
  return cases
}

export function unpack({ dtype, data }: Packed): Numbers {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  if (dtype === 'float32') return new Float32Array(bytes.buffer)
  if (dtype === 'float64') return new Float64Array(bytes.buffer)
  return new Int32Array(bytes.buffer)
}

export interface Imported {
  readonly model: TreesModel
  readonly loaded: LoadedModel
}

/** The model as `bento models import` stores it and a service loads it. */
export async function importCase(framework: Framework, file: string): Promise<Imported> {
  const [stored] = (await framework.read(file)).files
  if (stored === undefined || !('content' in stored)) throw new Error('nothing to store')
  const path = join(await temporaryFolder(), stored.target)
  await writeFile(path, stored.content)
  const loaded = await trees.load(path, options)
  return { model: decodeTrees(stored.content, path), loaded }
}

const options = { intraOpThreads: 1, allowSpinning: false, packageRoots: [] }

export function writeCase({ file, model }: TreeCase): Promise<string> {
  return writeModel(file, Buffer.from(model, 'base64'))
}

export async function writeModel(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

/** The file of the case of this name. */
export function modelOf(file: string, name: string): Buffer {
  const found = readCases(file).find((item) => item.name === name)
  if (found === undefined) throw new Error(`no case is named "${name}"`)
  return Buffer.from(found.model, 'base64')
}

async function runRows({ loaded }: Imported, data: Numbers): Promise<TensorMap> {
  const [input] = loaded.inputs
  if (input === undefined) throw new Error('no input')
  const { name, dtype, shape } = input
  const columns = shape[1] ?? 1
  return loaded.run({ [name]: { dtype, shape: [data.length / columns, columns], data } })
}

/** The sums before the objective's link, in their own precision. */
function marginsOf({ model }: Imported, data: Numbers): Numbers {
  const { header } = model
  const rows = data.length / header.features
  const size = rows * header.base.length
  const margins = header.sums === 'float32' ? new Float32Array(size) : new Float64Array(size)
  if (data instanceof Int32Array) throw new Error('rows are integers')
  new Evaluator(model).run(data, rows, (sums, from, count) => {
    margins.set(sums.subarray(0, count * header.base.length), from * header.base.length)
  })
  return margins
}

/**
 * Sums must be equal to the last bit. An exponential or a logarithm may round to another side in V8 than in the C
 * library: two steps of the model's own precision are allowed after it, or what a framework with an exp of its own needs.
 */
export async function expectAnswers(
  imported: Imported,
  item: TreeCase,
  linkSteps = 2,
): Promise<void> {
  const rows = unpack(item.rows)
  if (item.margins) expectNear(marginsOf(imported, rows), unpack(item.margins), 0)
  const answers = await runRows(imported, rows)
  const isExact = exactLinks.has(imported.model.header.transform.name)
  for (const name of ['predictions', 'label', 'probabilities'] as const) {
    const wanted = item[name]
    if (!wanted) continue
    expectNear(answers[name]?.data, unpack(wanted), isExact || name === 'label' ? 0 : linkSteps)
  }
  if (item.words) expect(wordsOf(answers['label'])).toEqual(item.words)
  await expectRowsAlone(imported, rows, answers)
}

function wordsOf(label: Tensor | undefined): string[] {
  const nested = label && toNested(label)
  return Array.isArray(nested) ? nested.map(String) : []
}

const exactLinks = new Set(['identity', 'step', 'argmax', 'signed-square'])

/** A row of a batch answers as it does alone. */
async function expectRowsAlone(imported: Imported, rows: Numbers, batch: TensorMap): Promise<void> {
  const { features } = imported.model.header
  const alone: TensorMap[] = []
  for (let at = 0; at < rows.length; at += features) {
    alone.push(await runRows(imported, rows.slice(at, at + features)))
  }
  for (const [name, { dtype, data }] of Object.entries(batch)) {
    const parts = alone.map((answers) => answers[name]?.data ?? [])
    expect(concatData(dtype, parts)).toEqual(data)
  }
}

/** Fails unless each number is at most `steps` representable numbers from what is wanted; NaN equals NaN. */
export function expectNear(found: unknown, wanted: Numbers, steps: number): void {
  if (!isNumbers(found)) throw new Error('no numbers')
  expect(found.constructor.name).toBe(wanted.constructor.name)
  expect(found.length).toBe(wanted.length)
  const far: string[] = []
  for (let i = 0; i < wanted.length; i++) {
    const distance = stepsBetween(found, wanted, i)
    if (distance > steps) far.push(`[${i}] ${found[i]} is ${distance} steps from ${wanted[i]}`)
  }
  expect(far.slice(0, 5)).toEqual([])
}

function isNumbers(found: unknown): found is Numbers {
  return [Float32Array, Float64Array, Int32Array].some((type) => found instanceof type)
}

function stepsBetween(found: Numbers, wanted: Numbers, i: number): number {
  const [a = NaN, b = NaN] = [found[i], wanted[i]]
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0
  return Math.abs(orderOf(a, found) - orderOf(b, found))
}

/** The number's place among all of its precision. */
function orderOf(value: number, { BYTES_PER_ELEMENT }: Numbers): number {
  const view = new DataView(new ArrayBuffer(8))
  if (BYTES_PER_ELEMENT === 4) view.setFloat32(0, value)
  else view.setFloat64(0, value)
  const bits = BYTES_PER_ELEMENT === 4 ? BigInt(view.getInt32(0)) : view.getBigInt64(0)
  const sign = BYTES_PER_ELEMENT === 4 ? -(2n ** 31n) : -(2n ** 63n)
  return Number(bits < 0n ? sign - bits : bits)
}
