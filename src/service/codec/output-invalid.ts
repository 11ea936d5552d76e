import { BentoError } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'

/** `name` is the method's. */
export function outputInvalid(
  name: string,
  detail: readonly ErrorDetail[],
  cause?: unknown,
): BentoError {
  const [first] = detail
  const where = first === undefined || first.loc.length === 0 ? '' : ` at ${first.loc.join('.')}`
  const more = detail.length > 1 ? `, and ${detail.length - 1} more` : ''
  return new BentoError(
    'OUTPUT_INVALID',
    `The answer of "${name}" breaks its schema${where}: ${first?.msg ?? 'it does not fit'}${more}`,
    { hint: 'Return what `output` of its @api describes.', detail, cause },
  )
}
