import { BentoError } from '../../errors.ts'
import type { ErrorDetail } from '../../errors.ts'
import type { JsonSchema, RequestBody, RequestResources } from './codec.ts'
import { countProblems } from './issues.ts'
import type { Kind } from './kinds.ts'

/** The half of a codec that reads requests. */
export interface InputCodec {
  readonly decode: (
    body: RequestBody,
    contentType: string | undefined,
    resources: RequestResources,
  ) => unknown
  readonly schema: JsonSchema
  /** What clients are told to send. */
  readonly types: readonly string[]
  readonly isRoot: boolean
  /** The named ones; none of a root input. */
  readonly parameters: readonly Parameter[]
}

export interface Parameter {
  readonly name: string
  readonly schema: JsonSchema
  readonly kind: Kind
  readonly mayBeAbsent: boolean
}

export function inputInvalid(detail: readonly ErrorDetail[]): BentoError {
  return new BentoError('INPUT_INVALID', countProblems(detail, 'Input'), { detail })
}
