import { isBentoError, messageOf } from '../errors.ts'
import type { Finding, Severity } from './check.ts'

/** A foreseen error as a finding: its hint is the remedy. */
export function fromError(thrown: unknown, severity: Severity, otherwise: string): Finding {
  const remedy = isBentoError(thrown) ? (thrown.hint ?? otherwise) : otherwise
  return { severity, message: messageOf(thrown), remedy }
}
