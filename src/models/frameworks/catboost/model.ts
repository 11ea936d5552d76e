import type { TreesHeader, TreesModel } from '../../runtimes/trees/model.ts'
import { Fields } from '../fields.ts'
import { unsupported } from '../unsupported.ts'
import { readFeatures } from './features.ts'
import type { Features } from './features.ts'
import { readLoss } from './losses.ts'
import { readOblivious } from './oblivious.ts'
import { readForest } from './other-trees.ts'

export interface CatboostModel {
  readonly model: TreesModel
  readonly context: Readonly<Record<string, string | number>>
}

/** A parsed model file. Throws a plain Error for what is missing, MODEL_UNSUPPORTED for what is not done. */
export function readCatboost(parsed: unknown): CatboostModel {
  const file = new Fields(parsed)
  const features = readFeatures(file.fields('features_info'))
  const { scale, bias } = readScale(file.raw('scale_and_bias'))
  const loss = readLoss(file.fields('model_info'), bias.length)
  const categories = [...features.categories.values()]
  const header: TreesHeader = {
    features: features.count,
    featureNames: features.names,
    ...(categories.length > 0 ? { categories } : {}),
    rows: 'float32',
    sums: 'float64',
    zeroBelow: 0,
    leafWidth: bias.length,
    base: bias.map(() => 0),
    divisor: 1,
    scale,
    bias,
    transform: loss.transform,
    ...(loss.classes ? { classes: loss.classes } : {}),
  }
  const model = readTrees(file, header, features)
  const trees = model.kind === 'oblivious' ? model.arrays.leafStarts.length : treesOf(model)
  return { model, context: { loss: loss.name, trees } }
}

function treesOf(model: TreesModel): number {
  return model.kind === 'forest' ? model.arrays.roots.length : 0
}

function readTrees(file: Fields, header: TreesHeader, features: Features): TreesModel {
  if (file.has('ctr_data')) throw unsupported('CatBoost', 'statistics of categories (CTR)')
  if (file.has('trees')) {
    return { kind: 'forest', header, arrays: readForest(file.list('trees'), { header, features }) }
  }
  const arrays = readOblivious(file.list('oblivious_trees'), { header, features })
  return { kind: 'oblivious', header, arrays }
}

/** `[scale, [bias, …]]`, or one number for the bias in old files. */
function readScale(value: unknown): { readonly scale: number; readonly bias: readonly number[] } {
  const parts: readonly unknown[] = Array.isArray(value) ? value : []
  const [scale, bias] = parts
  const list: readonly unknown[] = Array.isArray(bias) ? bias : [bias]
  const numbers = list.filter((item) => typeof item === 'number')
  if (typeof scale === 'number' && numbers.length === list.length) return { scale, bias: numbers }
  throw new Error('scale_and_bias is no scale with a bias')
}
