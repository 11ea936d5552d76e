import type { Transform } from '../../runtimes/trees/model.ts'

/** What an objective does to the sums, and to `base_score` before they start with it. */
export interface Objective {
  readonly transform: Transform['name']
  readonly toMargin: (baseScore: number) => number
  /** Whether its answers are probabilities of classes. */
  readonly isClassifier: boolean
}

export function findObjective(name: string): Objective | undefined {
  return objectives.get(name)
}

const same = (x: number): number => x

// In float32, operation by operation, as XGBoost has it.
const logit = (x: number): number => Math.fround(-Math.log(Math.fround(Math.fround(1 / x) - 1)))
const log = (x: number): number => Math.fround(Math.log(x))

function identity(): Objective {
  return { transform: 'identity', toMargin: same, isClassifier: false }
}

function exponential(): Objective {
  return { transform: 'exp', toMargin: log, isClassifier: false }
}

const objectives: ReadonlyMap<string, Objective> = new Map<string, Objective>([
  ['reg:squarederror', identity()],
  ['reg:linear', identity()],
  ['reg:squaredlogerror', identity()],
  ['reg:pseudohubererror', identity()],
  ['reg:absoluteerror', identity()],
  ['reg:quantileerror', identity()],
  ['reg:expectileerror', identity()],
  ['rank:pairwise', identity()],
  ['rank:ndcg', identity()],
  ['rank:map', identity()],
  ['reg:logistic', { transform: 'sigmoid', toMargin: logit, isClassifier: false }],
  ['binary:logistic', { transform: 'sigmoid', toMargin: logit, isClassifier: true }],
  ['binary:logitraw', identity()],
  ['binary:hinge', { transform: 'step', toMargin: same, isClassifier: false }],
  ['count:poisson', exponential()],
  ['reg:gamma', exponential()],
  ['reg:tweedie', exponential()],
  ['survival:cox', exponential()],
  ['survival:aft', exponential()],
  ['multi:softprob', { transform: 'softmax', toMargin: same, isClassifier: true }],
  ['multi:softmax', { transform: 'argmax', toMargin: same, isClassifier: true }],
])
