import { BentoError } from '../errors.ts'
import { toNested } from '../lib/tensor-json.ts'
import type { TensorMap, ValueInfo } from '../lib/tensor.ts'
import type { ModelInfo } from './model-host.ts'
import type { Prediction } from './model-types.ts'

/*
 * Which output of a model is its answer. bento's trees name theirs `predictions`, `label` and `probabilities`; the
 * converters of scikit-learn write `output_label`, `output_probability` and the like.
 */
const isLabel = /^(?:output_)?labels?$/i
const isProbabilities = /^(?:output_)?probabilit(?:y|ies)$/i

type Answering = Pick<ModelInfo, 'tag' | 'outputs'>

/** Whether a model has what one of the two below finds. */
export function hasAnswer(find: (info: Answering) => string, info: Answering): boolean {
  try {
    find(info)
    return true
  } catch {
    return false
  }
}

/** The output that `predict` gives: the label of a classifier, or what is predicted. */
export function predictionOf(info: Answering): string {
  const { outputs } = info
  const label = outputs.find(({ name }) => isLabel.test(name))
  const plain = outputs.find(({ name }) => name === 'predictions')
  const found = label ?? plain ?? (outputs.length === 1 ? outputs[0] : undefined)
  if (found) return found.name
  throw new BentoError('SERVICE_INVALID', `Model "${info.tag}" has no single answer to predict`, {
    hint: `Use run: it gives ${namesOf(outputs)}.`,
  })
}

/** The output that `predictProba` gives. */
export function probabilitiesOf(info: Answering): string {
  const found = info.outputs.find(({ name }) => isProbabilities.test(name))
  if (found) return found.name
  throw new BentoError('SERVICE_INVALID', `Model "${info.tag}" gives no probabilities of classes`, {
    hint: `Use predict or run: it gives ${namesOf(info.outputs)}.`,
  })
}

function namesOf(outputs: readonly ValueInfo[]): string {
  return outputs.map(({ name }) => name).join(', ')
}

/** An output as one plain value for each row. */
export function rowsOf(outputs: TensorMap, name: string): Prediction[] {
  const tensor = outputs[name]
  const nested = tensor === undefined ? [] : toNested(tensor)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a tensor nests nothing but these
  return (Array.isArray(nested) ? nested : [nested]) as Prediction[]
}
