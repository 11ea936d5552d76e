import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import type { Functions } from './functions.ts'

export interface WaitOptions {
  readonly timeoutSeconds: number
  readonly report: (step: string) => void
  readonly signal?: AbortSignal | undefined
  readonly hint: string
}

const pollMs = 500

/** Waits until Lambda has taken the last change in. Throws DEPLOY_FAILED in its own words. */
export async function untilSettled(
  functions: Functions,
  name: string,
  options: WaitOptions,
): Promise<void> {
  const { timeoutSeconds, report, hint, signal } = options
  const endsAt = performance.now() + timeoutSeconds * 1000
  for (;;) {
    requireGoing(signal)
    const found = await functions.find(name)
    const reason = failureOf(found)
    if (reason !== undefined) {
      throw new BentoError('DEPLOY_FAILED', `"${name}" does not run: ${reason}`, { hint })
    }
    if (isSettled(found)) return
    if (performance.now() > endsAt) {
      throw new BentoError('DEPLOY_TIMEOUT', `"${name}" is not ready after ${timeoutSeconds} s`, {
        hint,
      })
    }
    report(`Waiting for Lambda to take ${name} in`)
    await sleep(pollMs)
  }
}

export function requireGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new BentoError('INTERRUPTED', 'Stopped before it was done', {
    hint: 'Deploy again to finish: what is applied already stays as it is.',
  })
}

function isSettled(found: unknown): boolean {
  const state = textAt(found, 'Configuration', 'State') ?? 'Active'
  const update = textAt(found, 'Configuration', 'LastUpdateStatus') ?? 'Successful'
  return state !== 'Pending' && update === 'Successful'
}

function failureOf(found: unknown): string | undefined {
  const of = (key: string): string => textAt(found, 'Configuration', key) ?? ''
  if (of('State') === 'Failed') return `${of('StateReasonCode')}: ${of('StateReason')}`
  if (of('LastUpdateStatus') !== 'Failed') return undefined
  return `${of('LastUpdateStatusReasonCode')}: ${of('LastUpdateStatusReason')}`
}
