import type { Transform } from '../../runtimes/trees/model.ts'
import { unsupported } from '../unsupported.ts'

/** What the objective line says, as `binary sigmoid:1`. */
export interface Objective {
  readonly transform: Transform
  readonly isClassifier: boolean
}

/** An objective of the user's own has no line, or says `custom`: the booster then answers with the sums. */
export function readObjective(words: readonly string[]): Objective {
  const [name = 'custom', ...settings] = words
  const kind = kinds.get(name)
  if (kind === undefined) throw unsupported('LightGBM', `the objective "${name}"`)
  const isClassifier = classifiers.has(name)
  const alpha = kind === 'sigmoid' ? { alpha: alphaOf(settings) } : {}
  const isSquared = kind === 'identity' && settings.includes('sqrt')
  return { transform: { name: isSquared ? 'signed-square' : kind, ...alpha }, isClassifier }
}

function alphaOf(settings: readonly string[]): number {
  const setting = settings.find((word) => word.startsWith('sigmoid:'))
  const alpha = setting === undefined ? 1 : Number(setting.slice('sigmoid:'.length))
  if (alpha > 0) return alpha
  throw new Error(`the objective has "${setting}"`)
}

const classifiers = new Set(['binary', 'multiclass', 'multiclassova'])

const kinds: ReadonlyMap<string, Transform['name']> = new Map<string, Transform['name']>([
  ['custom', 'identity'],
  ['none', 'identity'],
  ['null', 'identity'],
  ['regression', 'identity'],
  ['regression_l1', 'identity'],
  ['huber', 'identity'],
  ['fair', 'identity'],
  ['quantile', 'identity'],
  ['mape', 'identity'],
  ['lambdarank', 'identity'],
  ['rank_xendcg', 'identity'],
  ['poisson', 'exp'],
  ['gamma', 'exp'],
  ['tweedie', 'exp'],
  ['binary', 'sigmoid'],
  ['multiclassova', 'sigmoid'],
  ['cross_entropy', 'sigmoid'],
  ['cross_entropy_lambda', 'log1p-exp'],
  ['multiclass', 'softmax'],
])
