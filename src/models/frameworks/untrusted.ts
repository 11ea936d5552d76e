import { BentoError } from '../../errors.ts'

/** `what` a file is that runs code. */
export function untrusted(file: string, what: string, framework: string): BentoError {
  return new BentoError('MODEL_UNTRUSTED', `"${file}" is ${what}`, {
    hint: `If you trust whoever made it, add \`--framework ${framework} --trust\`.`,
  })
}
