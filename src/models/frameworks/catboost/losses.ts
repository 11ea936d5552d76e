import type { ClassLabels, Transform } from '../../runtimes/trees/model.ts'
import type { Fields } from '../fields.ts'
import { unsupported } from '../unsupported.ts'

export interface Loss {
  readonly name: string
  readonly transform: Transform
  readonly classes?: ClassLabels
}

/**
 * What `predict` of CatBoost's regressors and rankers answers for a loss; of classifiers the probabilities, since their
 * own `predict` answers with the label.
 */
export function readLoss(info: Fields, outputs: number): Loss {
  const { name, settings } = readName(info)
  const transform = transforms.get(name)
  if (transform === undefined) throw unsupported('CatBoost', `the loss "${name}"`)
  if (!exclusive.has(name)) return { name, transform: { name: transform } }
  // Probabilities of the target's border are of classes all the same.
  if (settings.has('border') && !info.has('class_params')) {
    return { name, transform: { name: transform } }
  }
  const classes = readClasses(info, outputs)
  return { name, transform: { name: transform }, ...(classes ? { classes } : {}) }
}

function readName(info: Fields): { readonly name: string; readonly settings: Fields } {
  const loss = info.fields('params').fields('loss_function')
  return { name: loss.text('type'), settings: loss.fields('params') }
}

/** A model of `CatBoost` itself, or one without labels, has no classes to name. */
function readClasses(info: Fields, outputs: number): ClassLabels | undefined {
  if (!info.has('class_params')) return undefined
  const names = info.fields('class_params').raw('class_names')
  const count = Math.max(outputs, 2)
  const labels = Array.isArray(names) ? names.filter(isLabel) : []
  const isNamed = labels.length > 0
  if (isNamed && labels.length !== count) {
    throw new Error('class_names is not a label for each class')
  }
  const named = isNamed ? { count, labels } : { count }
  return outputs > 1 ? named : { ...named, margin: marginOf(info) }
}

function isLabel(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** The sum at which the probability is the threshold. */
function marginOf(info: Fields): number {
  if (!info.has('binclass_probability_threshold')) return 0
  const threshold = info.number('binclass_probability_threshold')
  return threshold === 0.5 ? 0 : -Math.log(1 / threshold - 1)
}

const exclusive = new Set(['Logloss', 'CrossEntropy', 'Focal', 'MultiClass', 'MultiClassOneVsAll'])

const transforms: ReadonlyMap<string, Transform['name']> = new Map<string, Transform['name']>([
  ['RMSE', 'identity'],
  ['MAE', 'identity'],
  ['Quantile', 'identity'],
  ['MultiQuantile', 'identity'],
  ['GroupQuantile', 'identity'],
  ['RMSPE', 'identity'],
  ['MAPE', 'identity'],
  ['Lq', 'identity'],
  ['Huber', 'identity'],
  ['Expectile', 'identity'],
  ['LogCosh', 'identity'],
  ['LogLinQuantile', 'identity'],
  ['MultiRMSE', 'identity'],
  ['MultiRMSEWithMissingValues', 'identity'],
  ['Cox', 'identity'],
  ['SurvivalAft', 'identity'],
  ['YetiRank', 'identity'],
  ['YetiRankPairwise', 'identity'],
  ['PairLogit', 'identity'],
  ['PairLogitPairwise', 'identity'],
  ['QueryRMSE', 'identity'],
  ['QuerySoftMax', 'identity'],
  ['QueryCrossEntropy', 'identity'],
  ['StochasticRank', 'identity'],
  ['LambdaMart', 'identity'],
  ['Poisson', 'exp'],
  ['Tweedie', 'exp'],
  ['Logloss', 'sigmoid'],
  ['CrossEntropy', 'sigmoid'],
  ['Focal', 'sigmoid'],
  ['MultiClassOneVsAll', 'sigmoid'],
  ['MultiLogloss', 'sigmoid'],
  ['MultiCrossEntropy', 'sigmoid'],
  ['MultiClass', 'softmax'],
])
