import type { ValueInfo } from '../lib/tensor.ts'
import { hasAnswer, predictionOf, probabilitiesOf } from '../service/model-answers.ts'
import type { Signature } from '../store/manifest.ts'

interface Described {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
}

/** How a model can be called, for one that nobody gave signatures: batchable where its first axis is open. */
export function modelSignatures({ inputs, outputs }: Described): Record<string, Signature> {
  const batchable = inputs.length > 0 && inputs.every(({ shape }) => shape[0] === null)
  const signature = { batchable, batch_dim: 0 }
  const model = { tag: '', outputs }
  if (!hasAnswer(predictionOf, model)) return { run: signature }
  if (!hasAnswer(probabilitiesOf, model)) return { predict: signature }
  return { predict: signature, predict_proba: signature }
}
