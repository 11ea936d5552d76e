import { setTimeout as sleep } from 'node:timers/promises'
import { BentoError } from '../../errors.ts'
import { listAt, textAt, valueAt } from '../../lib/records.ts'
import { interrupted, type RestApi } from '../rest-api.ts'

export interface WaitOptions {
  readonly name: string
  readonly timeoutSeconds: number
  readonly report: (step: string) => void
  readonly signal?: AbortSignal | undefined
  readonly hint: string
  readonly pollMs?: number
}

/** Waits until Google has done what it was told. Throws DEPLOY_FAILED in its own words. */
export async function untilDone(
  api: RestApi,
  started: unknown,
  options: WaitOptions,
): Promise<void> {
  const { name, timeoutSeconds, report, signal, hint, pollMs = 500 } = options
  const endsAt = performance.now() + timeoutSeconds * 1000
  let operation = started
  while (valueAt(operation, 'done') !== true) {
    if (signal?.aborted === true) throw interrupted()
    if (performance.now() > endsAt) {
      throw new BentoError('DEPLOY_TIMEOUT', `"${name}" is not ready after ${timeoutSeconds} s`, {
        hint,
      })
    }
    report(`Waiting for Cloud Run to start ${name}`)
    await sleep(pollMs)
    operation = await api.require(
      { path: textAt(operation, 'name') ?? '' },
      'to show the operation',
    )
  }
  const failure =
    textAt(operation, 'error', 'message') ?? conditionOf(valueAt(operation, 'response'))
  if (failure === undefined) return
  throw new BentoError('DEPLOY_FAILED', `"${name}" does not run: ${failure}`, { hint })
}

/** Why a service or a revision is not ready; undefined when it is, or is on its way. */
export function conditionOf(object: unknown): string | undefined {
  const all = [valueAt(object, 'terminalCondition'), ...listAt(object, 'conditions')]
  const failed = all.find((one) => textAt(one, 'state') === 'CONDITION_FAILED')
  if (failed === undefined) return undefined
  const reason = textAt(failed, 'revisionReason') ?? textAt(failed, 'reason')
  return [reason, textAt(failed, 'message')].filter((text) => text !== undefined).join(': ')
}
