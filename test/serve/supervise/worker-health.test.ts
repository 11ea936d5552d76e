import { expect, test } from '@jest/globals'
import { findHang } from '../../../src/serve/supervise/worker-health.ts'
import type { WorkerState } from '../../../src/serve/supervise/worker-process.ts'

const bounds = {
  silentMs: 10_000,
  runTimeoutMs: 1000,
  maxRssBytes: undefined,
  maxRequests: undefined,
}

function silent(state: WorkerState): string | undefined {
  const beat = { oldestRunMs: 0, rssBytes: 0, requests: 0 }
  return findHang({ state, lastBeatAt: 0, beat }, bounds, 11_000)
}

test.each(['ready', 'draining'] as const)('takes a silent worker that is %s for hung', (state) => {
  expect(silent(state)).toBe('its event loop was silent for 10 s')
})

// Then it is the service's own code that runs: its import, its constructor, its hooks.
test.each(['starting', 'listening', 'closing'] as const)('lets a worker that is %s be', (state) => {
  expect(silent(state)).toBeUndefined()
})
