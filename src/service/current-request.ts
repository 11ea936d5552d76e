import { AsyncLocalStorage } from 'node:async_hooks'
import type { LogScope } from '../log/render-line.ts'

/*
 * Which request the code that runs now works for, so that a logger of the whole module knows it. Node 20 watches every
 * promise of the process for that, which costs a request more than the rest of its log: so it is done only for a
 * service that imports what needs it, or that asks for it with `logging.correlate`.
 */
const storage = new AsyncLocalStorage<LogScope>()
let isOn = false

export function setCorrelation(isWanted: boolean): void {
  isOn = isWanted
}

export function isCorrelating(): boolean {
  return isOn
}

export function currentScope(): LogScope {
  return isOn ? storage.getStore() : undefined
}

/** Calls `work` so that everything it does, and everything it waits for, finds `scope`. */
export function runWithin<Given extends unknown[]>(
  scope: LogScope,
  work: (...given: Given) => unknown,
  ...given: Given
): unknown {
  return storage.run(scope, work, ...given)
}
