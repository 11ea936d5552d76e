import type { Fields } from '../fields.ts'
import { unsupported } from '../unsupported.ts'

export interface Features {
  readonly count: number
  /** Empty when none has a name; with categories each has one, its place where the file names none. */
  readonly names: readonly string[]
  /** By the number that splits use. */
  readonly floats: ReadonlyMap<number, FloatFeature>
  /** Places in a row, by the number that splits use. */
  readonly categories: ReadonlyMap<number, number>
}

interface FloatFeature {
  /** Place in a row. */
  readonly column: number
  /** Whether NaN is above every border. */
  readonly isMissingAbove: boolean
}

// A damaged number must not make a list without end.
const maxColumns = 1e6

const others: readonly [string, string][] = [
  ['text_features', 'text features'],
  ['embedding_features', 'embedding features'],
]

export function readFeatures(info: Fields): Features {
  for (const [name, words] of others) {
    if (info.has(name) && !isEmpty(info.raw(name))) throw unsupported('CatBoost', words)
  }
  const names: string[] = []
  const floats = new Map<number, FloatFeature>()
  const categories = new Map<number, number>()
  for (const feature of listOf(info, 'float_features')) {
    const column = placeOf(feature)
    names[column] = nameOf(feature)
    floats.set(feature.number('feature_index'), { column, isMissingAbove: isAbove(feature) })
  }
  for (const feature of listOf(info, 'categorical_features')) {
    const column = placeOf(feature)
    names[column] = nameOf(feature)
    categories.set(feature.number('feature_index'), column)
  }
  return { count: names.length, names: namesOf(names, categories.size > 0), floats, categories }
}

function listOf(info: Fields, name: string): Fields[] {
  return info.has(name) ? info.list(name) : []
}

function placeOf(feature: Fields): number {
  const column = feature.number('flat_feature_index')
  if (column >= 0 && column < maxColumns) return column
  throw new Error(`a feature has place ${column}`)
}

function namesOf(names: readonly string[], isEachNeeded: boolean): readonly string[] {
  if (!isEachNeeded) return names.some((name) => name !== '') ? names : []
  const each = Array.from(names, (name, place) => (name ? name : String(place)))
  if (new Set(each).size < each.length) throw new Error('two features have the same name')
  return each
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** As is: NaN is above no border. */
function isAbove(feature: Fields): boolean {
  const treatment = feature.raw('nan_value_treatment')
  if (treatment === 'AsTrue') return true
  if (treatment === undefined || treatment === 'AsFalse' || treatment === 'AsIs') return false
  throw unsupported('CatBoost', `the treatment ${JSON.stringify(treatment)} of missing values`)
}

function nameOf(feature: Fields): string {
  const name = feature.raw('feature_id') ?? feature.raw('feature_name')
  return typeof name === 'string' ? name : ''
}

export type Split = FloatSplit | CategorySplit

interface FloatSplit extends FloatFeature {
  readonly border: number
}

interface CategorySplit {
  readonly column: number
  /** The hash of the word that goes right. */
  readonly hash: number
}

/** Throws MODEL_UNSUPPORTED for splits of anything else than numbers and single categories. */
export function readSplit(split: Fields, { floats, categories }: Features): Split {
  const type = split.text('split_type')
  if (type === 'OneHotFeature') {
    const column = categories.get(split.number('cat_feature_index'))
    return { column: known(column), hash: split.number('value') }
  }
  if (type !== 'FloatFeature') throw unsupported('CatBoost', `splits of the type "${type}"`)
  const feature = known(floats.get(split.number('float_feature_index')))
  return { ...feature, border: Math.fround(split.number('border')) }
}

function known<T>(feature: T | undefined): T {
  if (feature === undefined) throw new Error('a split names no feature')
  return feature
}
