import { BentoError } from '../errors.ts'
import type { ValueInfo } from '../lib/tensor.ts'
import type { Signature } from '../store/manifest.ts'

/** Throws where a signature cannot work with a model that has these inputs. */
export function checkSignatures(
  signatures: Readonly<Record<string, Signature>>,
  inputs: readonly ValueInfo[],
): void {
  for (const [name, signature] of Object.entries(signatures)) {
    if (!/^[A-Za-z_]\w{0,62}$/.test(name)) {
      throw new BentoError('USAGE', `"${name}" cannot be the name of a signature`, {
        hint: 'Use letters, digits and underscores, as in run or predict_proba.',
      })
    }
    if (!Number.isSafeInteger(signature.batch_dim) || signature.batch_dim < 0) {
      throw new BentoError('USAGE', `Signature "${name}" has batch_dim ${signature.batch_dim}`, {
        hint: 'Use the number of an axis, from 0 up.',
      })
    }
    if (signature.batchable) checkBatchAxis(name, signature.batch_dim, inputs)
  }
}

/** Joined requests would fail on every run, and only under load. */
function checkBatchAxis(name: string, axis: number, inputs: readonly ValueInfo[]): void {
  for (const input of inputs) {
    // An empty shape is one that the model leaves open.
    const size = input.shape.length === 0 ? null : input.shape[axis]
    if (size === null) continue
    const found = size === undefined ? 'has no such axis' : `always has ${size} there`
    throw new BentoError(
      'MODEL_INVALID',
      `Signature "${name}" is batchable along axis ${axis}, but input "${input.name}" ${found}`,
      { hint: 'Export the model with a dynamic axis there, or do not make it batchable.' },
    )
  }
}
