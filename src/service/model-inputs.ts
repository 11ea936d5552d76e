import { BentoError } from '../errors.ts'
import { toNested } from '../lib/tensor-json.ts'
import { createTensor, isTensor, isTypedArray } from '../lib/tensor-ops.ts'
import { formatPattern, readTensor } from '../lib/tensor-read.ts'
import type { TensorProblem, TensorResult } from '../lib/tensor-read.ts'
import type { Tensor, TensorMap, ValueInfo } from '../lib/tensor.ts'
import { isRowList, readColumns, readRows, toRows, wordOf } from './model-rows.ts'
import type { TensorLike } from './tensor-schema.ts'

/** What one input of a model may be given. A single value fills an input of one element. */
export type ModelInput = TensorLike | number | bigint | boolean | string

/** What a method gave to what the model takes. Throws MODEL_INPUT_INVALID with everything that is wrong. */
export function toModelInputs(
  given: unknown,
  wanted: readonly ValueInfo[],
  tag: string,
): TensorMap {
  const { feeds, problems } = readAll(given, wanted)
  if (problems.length === 0) return feeds
  throw new BentoError(
    'MODEL_INPUT_INVALID',
    `Model "${tag}" cannot take this: ${problems.join('; ')}`,
    {
      hint: `Give it ${wanted.map(formatInput).join(', ')}.`,
    },
  )
}

interface ReadInputs {
  readonly feeds: TensorMap
  readonly problems: readonly string[]
}

function readAll(given: unknown, wanted: readonly ValueInfo[]): ReadInputs {
  const rows = toRows(given, wanted)
  if (!rows) return readNamed(given, wanted)
  const { feeds, problem } = readRows(rows, wanted)
  return feeds ? { feeds, problems: [] } : { feeds: {}, problems: [`its rows${inWords(problem)}`] }
}

function readNamed(given: unknown, wanted: readonly ValueInfo[]): ReadInputs {
  const named = nameInputs(given, wanted)
  const problems: string[] = []
  const feeds: Record<string, Tensor> = {}
  for (const info of wanted) {
    const value = Object.hasOwn(named, info.name) ? named[info.name] : undefined
    const read = value === undefined ? 'is missing' : readInput(value, info)
    if (typeof read === 'string') problems.push(`"${info.name}" ${read}`)
    else feeds[info.name] = read
  }
  for (const name of Object.keys(named)) {
    if (wanted.some((info) => info.name === name)) continue
    problems.push(`"${name}" is not one of its inputs`)
  }
  return { feeds, problems }
}

/** As ` at [0][1]: Input should be a valid number`. */
function inWords({ path, message }: TensorProblem): string {
  return `${path.length === 0 ? '' : ` at [${path.join('][')}]`}: ${message}`
}

// As many names as one reads in a line.
const shownColumns = 12

/** As `X: float32[?, 2] of age, income`. */
function formatInput(info: ValueInfo): string {
  const { name, columns = [] } = info
  const type = `${name}: ${formatPattern(info)}`
  if (columns.length === 0) return type
  const more = columns.length > shownColumns ? ', …' : ''
  return `${type} of ${columns.slice(0, shownColumns).join(', ')}${more}`
}

function nameInputs(
  given: unknown,
  wanted: readonly ValueInfo[],
): Readonly<Record<string, unknown>> {
  if (isNamed(given)) return { ...given }
  const [only] = wanted
  // A single value for several inputs names none of them: each is then reported as missing.
  return only && wanted.length === 1 ? { [only.name]: given } : {}
}

function isNamed(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return !(Array.isArray(value) || isTypedArray(value) || isTensor(value))
}

/** A tensor, or what is wrong in the words that follow the input's name. */
function readInput(value: unknown, info: ValueInfo): Tensor | string {
  const result = readValue(value, info)
  const { problem } = result
  if (problem !== undefined) return `does not fit ${formatPattern(info)}${inWords(problem)}`
  // The executor may give the buffer to another thread, and this one is the caller's.
  const { tensor } = result
  return sharesData(value, tensor)
    ? createTensor(tensor.dtype, tensor.shape, tensor.data.slice())
    : tensor
}

function readValue(value: unknown, info: ValueInfo): TensorResult {
  if (isRowList(value)) return readColumns(value, info)
  if (info.category) return readTensor(toWords(value), info)
  // An empty shape says nothing: onnxruntime reports it for scalars and for tensors of any rank.
  if (info.shape.length === 0) return readTensor(value, { dtype: info.dtype })
  const isScalar =
    typeof value !== 'object' && info.shape.every((length) => length === null || length === 1)
  if (!isScalar) return readTensor(value, info)
  return readTensor(
    info.shape.reduce<unknown>((inner) => [inner], value),
    info,
  )
}

/** A column of categories: words, or integers that stand for them. */
function toWords(value: unknown): unknown {
  const cells = isTensor(value) ? toNested(value) : value
  if (Array.isArray(cells)) return cells.map(wordOf)
  return isTypedArray(cells) ? Array.from<number | bigint, unknown>(cells, wordOf) : [wordOf(cells)]
}

function sharesData(value: unknown, tensor: Tensor): boolean {
  return value === tensor.data || (isTensor(value) && value.data === tensor.data)
}
