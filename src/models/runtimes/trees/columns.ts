import { BentoError } from '../../../errors.ts'
import { cityHash64 } from '../../../lib/city-hash.ts'
import type { TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import type { TreesHeader } from './model.ts'

/*
 * Rows of a model with categories. A matrix of numbers has no place for words, so that each column is an input of its
 * own, as of models over a data frame. A word is compared by the low 32 bits of its hash, as CatBoost does.
 */

export function columnInputs({ rows, featureNames, categories = [] }: TreesHeader): ValueInfo[] {
  const places = new Set(categories)
  return featureNames.map((name, place) =>
    places.has(place)
      ? { name, dtype: 'string', shape: [null], category: true }
      : { name, dtype: rows, shape: [null] },
  )
}

interface Matrix {
  readonly data: Float64Array
  readonly rows: number
}

/** The columns as rows of numbers. Throws MODEL_INPUT_INVALID for columns of different lengths. */
export function joinColumns(inputs: TensorMap, names: readonly string[], words: Words): Matrix {
  const [first = ''] = names
  const rows = inputs[first]?.shape[0] ?? 0
  const data = new Float64Array(rows * names.length)
  for (const [place, name] of names.entries()) {
    const column = inputs[name]?.data ?? []
    if (column.length !== rows) throw differentLengths(first, name)
    let at = place
    for (const cell of column) {
      data[at] = typeof cell === 'string' ? words.hash(cell) : Number(cell)
      at += names.length
    }
  }
  return { data, rows }
}

function differentLengths(first: string, other: string): BentoError {
  const message = `The model cannot take these inputs: "${other}" has another length than "${first}"`
  return new BentoError('MODEL_INPUT_INVALID', message, {
    hint: 'Give every column one value for each row.',
  })
}

// A column of categories has few words; one that has many is not worth remembering.
const mostWords = 10_000

/** Hashes of words, remembered: a word comes again and again, and to hash it takes a microsecond. */
export class Words {
  readonly #hashes = new Map<string, number>()

  hash(word: string): number {
    const known = this.#hashes.get(word)
    if (known !== undefined) return known
    const hash = hashOf(word)
    if (this.#hashes.size >= mostWords) this.#hashes.clear()
    this.#hashes.set(word, hash)
    return hash
  }
}

/** With a sign, as model files have it. */
function hashOf(word: string): number {
  return Number(BigInt.asIntN(32, cityHash64(Buffer.from(word))))
}
