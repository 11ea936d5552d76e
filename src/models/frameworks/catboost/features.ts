import type { Fields } from '../fields.ts'
import { unsupported } from '../unsupported.ts'

export interface Features {
  readonly count: number
  /** Empty when none has a name. */
  readonly names: readonly string[]
  /** By the number that splits use. */
  readonly floats: ReadonlyMap<number, FloatFeature>
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
  ['categorical_features', 'categorical features'],
  ['text_features', 'text features'],
  ['embedding_features', 'embedding features'],
]

export function readFeatures(info: Fields): Features {
  for (const [name, words] of others) {
    if (info.has(name) && !isEmpty(info.raw(name))) throw unsupported('CatBoost', words)
  }
  const list = info.has('float_features') ? info.list('float_features') : []
  const names: string[] = []
  const floats = new Map<number, FloatFeature>()
  for (const feature of list) {
    const column = feature.number('flat_feature_index')
    if (!(column >= 0 && column < maxColumns)) throw new Error(`a feature has place ${column}`)
    names[column] = nameOf(feature)
    floats.set(feature.number('feature_index'), { column, isMissingAbove: isAbove(feature) })
  }
  const isNamed = names.some((name) => name !== '')
  return { count: names.length, names: isNamed ? names : [], floats }
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

export interface FloatSplit extends FloatFeature {
  readonly border: number
}

/** Throws MODEL_UNSUPPORTED for splits of categories. */
export function readSplit(split: Fields, { floats }: Features): FloatSplit {
  const type = split.text('split_type')
  if (type !== 'FloatFeature') throw unsupported('CatBoost', `splits of the type "${type}"`)
  const feature = floats.get(split.number('float_feature_index'))
  if (!feature) throw new Error('a split names no feature')
  return { ...feature, border: Math.fround(split.number('border')) }
}
