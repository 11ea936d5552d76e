import type { TreesHeader, Transform } from './model.ts'

/** Turns the sums of one row, from `at` on, into the answer in their place. */
export type Link = (sums: Float64Array, at: number) => void

/** The link of a model, or undefined where the sums are the answer. */
export function linkOf({ transform, base, sums }: TreesHeader): Link | undefined {
  const width = base.length
  const isSingle = sums === 'float32'
  const { name, alpha = 1 } = transform
  if (name === 'identity') return undefined
  // For argmax the class is picked from the sums; its probability is the softmax.
  if (name === 'softmax' || name === 'argmax') {
    return (values, at) => softmax(values, { at, width, isSingle })
  }
  return eachOf(width, isSingle ? singles[name] : doubles[name](alpha))
}

export function isTransform(name: string): boolean {
  return ['identity', 'softmax', 'argmax'].includes(name) || Object.hasOwn(singles, name)
}

type EachName = Exclude<Transform['name'], 'identity' | 'softmax' | 'argmax'>

const singles: Readonly<Record<EachName, (x: number) => number>> = {
  sigmoid: sigmoidSingle,
  exp: (x) => Math.fround(Math.exp(x)),
  step: (x) => (x > 0 ? 1 : 0),
  'signed-square': (x) => Math.fround(Math.fround(Math.sign(x) * x) * x),
  'log1p-exp': (x) => Math.fround(Math.log1p(Math.exp(x))),
  // Only scikit-learn has it, in float64.
  isolation: (x) => Math.fround(-(2 ** -x)),
}

const doubles: Readonly<Record<EachName, (alpha: number) => (x: number) => number>> = {
  sigmoid: (alpha) => (x) => 1 / (1 + Math.exp(-alpha * x)),
  exp: () => Math.exp,
  step: () => (x) => (x > 0 ? 1 : 0),
  'signed-square': () => (x) => Math.sign(x) * x * x,
  'log1p-exp': () => (x) => Math.log1p(Math.exp(x)),
  isolation: (alpha) => (x) => -(2 ** -(x / alpha)),
}

function eachOf(width: number, change: (x: number) => number): Link {
  return (values, at) => {
    for (let i = at; i < at + width; i++) values[i] = change(values[i] ?? 0)
  }
}

/** XGBoost's, operation by operation in float32; the bound keeps exp finite. */
function sigmoidSingle(x: number): number {
  const power = Math.fround(Math.exp(Math.min(-x, Math.fround(88.7))))
  return Math.fround(1 / Math.fround(power + 1))
}

interface Span {
  readonly at: number
  readonly width: number
  readonly isSingle: boolean
}

/** The sum is kept in float64 by all frameworks; XGBoost divides by it in float32. */
function softmax(values: Float64Array, { at, width, isSingle }: Span): void {
  let most = -Infinity
  for (let i = at; i < at + width; i++) most = Math.max(most, values[i] ?? 0)
  let total = 0
  for (let i = at; i < at + width; i++) {
    const power = Math.exp(round((values[i] ?? 0) - most, isSingle))
    values[i] = round(power, isSingle)
    total += values[i] ?? 0
  }
  const divisor = round(total, isSingle)
  for (let i = at; i < at + width; i++) values[i] = round((values[i] ?? 0) / divisor, isSingle)
}

function round(x: number, isSingle: boolean): number {
  return isSingle ? Math.fround(x) : x
}

/** The first of the largest. */
export function argmax(values: Float64Array, at: number, width: number): number {
  let best = 0
  for (let i = 1; i < width; i++) {
    if ((values[at + i] ?? 0) > (values[at + best] ?? 0)) best = i
  }
  return best
}
