import { allocate, createTensor } from '../../../lib/tensor-ops.ts'
import type { TensorData, TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import type { ClassLabels, TreesHeader } from './model.ts'
import { argmax, linkOf } from './transforms.ts'
import type { Link } from './transforms.ts'

/*
 * What a tree model answers:
 *
 *   predictions    as the framework's own booster predicts: [rows], or [rows, outputs] for several
 *   label          of classifiers: the likeliest class of each row, [rows]
 *   probabilities  of classifiers: of each class, [rows, classes]; not of those that only tell them apart
 */

export function outputsOf(header: TreesHeader): ValueInfo[] {
  const width = answerWidth(header)
  const outputs: ValueInfo[] = [
    { name: 'predictions', dtype: header.sums, shape: width === 1 ? [null] : [null, width] },
  ]
  const { classes } = header
  if (!classes) return outputs
  const label: ValueInfo = { name: 'label', dtype: labelType(classes), shape: [null] }
  if (classes.isPlain) return [...outputs, label]
  return [
    ...outputs,
    label,
    {
      name: 'probabilities',
      dtype: header.sums,
      shape: [null, classes.count],
      columns: classes.labels ?? Array.from({ length: classes.count }, (_, at) => at),
    },
  ]
}

function answerWidth({ transform, base }: TreesHeader): number {
  return transform.name === 'argmax' ? 1 : base.length
}

function labelType({ labels }: ClassLabels): 'string' | 'bool' | 'int32' | 'float64' {
  if (typeof labels?.[0] === 'string') return 'string'
  if (typeof labels?.[0] === 'boolean') return 'bool'
  return (labels ?? []).every((label) => Number(label) === Math.trunc(Number(label)))
    ? 'int32'
    : 'float64'
}

/** Takes the sums of block after block and makes the answers. */
export class Answers {
  readonly #header: TreesHeader
  readonly #link: Link | undefined
  readonly #rows: number
  readonly #predictions: Numbers
  readonly #probabilities: Numbers | undefined
  readonly #picks: Int32Array | undefined

  constructor(header: TreesHeader, rows: number) {
    const { classes } = header
    this.#header = header
    this.#link = linkOf(header)
    this.#rows = rows
    this.#predictions = allocateIn(header, rows * answerWidth(header))
    const hasProbabilities = classes !== undefined && !classes.isPlain
    this.#probabilities = hasProbabilities ? allocateIn(header, rows * classes.count) : undefined
    this.#picks = classes && new Int32Array(rows)
  }

  take(sums: Float64Array, from: number, count: number): void {
    const { transform, classes, base } = this.#header
    const width = base.length
    const block = { from, count }
    const isArgmax = transform.name === 'argmax'
    if (isArgmax) this.#pick(this.#predictions, sums, block)
    const margin = classes?.margin
    if (margin !== undefined) this.#pick(this.#picks, sums, { ...block, margin })
    if (this.#link) for (let row = 0; row < count; row++) this.#link(sums, row * width)
    const answers = sums.subarray(0, count * width)
    if (!isArgmax) this.#predictions.set(answers, from * width)
    this.#spread(answers, from)
    if (margin === undefined) this.#pick(this.#picks, sums, block)
  }

  tensors(): TensorMap {
    const { sums, classes } = this.#header
    const rows = this.#rows
    const width = answerWidth(this.#header)
    const shape = width === 1 ? [rows] : [rows, width]
    const predictions = createTensor(sums, shape, this.#predictions)
    if (!classes || !this.#picks) return { predictions }
    const label = createTensor(labelType(classes), [rows], labelsOf(classes, this.#picks))
    if (!this.#probabilities) return { predictions, label }
    const probabilities = createTensor(sums, [rows, classes.count], this.#probabilities)
    return { predictions, label, probabilities }
  }

  /** A single probability is of the second class. */
  #spread(answers: Float64Array, from: number): void {
    const probabilities = this.#probabilities
    if (!probabilities) return
    const width = this.#header.base.length
    if (width > 1) probabilities.set(answers, from * width)
    else {
      for (let row = 0; row < answers.length; row++) {
        const second = answers[row] ?? 0
        probabilities[2 * (from + row)] = 1 - second
        probabilities[2 * (from + row) + 1] = second
      }
    }
  }

  #pick(
    picks: Numbers | Int32Array | undefined,
    sums: Float64Array,
    { from, count, margin = 0.5 }: Block,
  ): void {
    if (!picks) return
    const width = this.#header.base.length
    for (let row = 0; row < count; row++) {
      const single = (sums[row] ?? 0) > margin ? 1 : 0
      picks[from + row] = width === 1 ? single : argmax(sums, row * width, width)
    }
  }
}

type Numbers = Float32Array | Float64Array

interface Block {
  readonly from: number
  readonly count: number
  readonly margin?: number
}

function allocateIn({ sums }: TreesHeader, size: number): Numbers {
  return sums === 'float32' ? new Float32Array(size) : new Float64Array(size)
}

function labelsOf(classes: ClassLabels, picks: Int32Array): TensorData {
  const { labels } = classes
  if (!labels) return picks
  const type = labelType(classes)
  if (type === 'string') return Array.from(picks, (pick) => String(labels[pick]))
  const numbers = labels.map(Number)
  const data = allocate(type, picks.length)
  for (const [row, pick] of picks.entries()) data[row] = numbers[pick] ?? 0
  return data
}
