import { BentoError } from '../../errors.ts'

/** A model that is whole, but uses what bento does not run exactly: refused rather than run wrong. */
export function unsupported(framework: string, what: string): BentoError {
  return new BentoError('MODEL_UNSUPPORTED', `${framework} models with ${what} are not supported`, {
    hint: 'Train the model without it, or export it to ONNX and compare the predictions.',
  })
}
