import { batchReasons } from '../../src/serve/observe/batch-series.ts'
import type { Reading } from './readings.ts'

/** One plot: its lines, and what each takes of a reading. */
export interface Plot {
  readonly title: string
  readonly unit: string
  readonly lines: readonly (readonly [name: string, value: (reading: Reading) => number | null])[]
}

export const plots: readonly Plot[] = [
  {
    title: 'Requests',
    unit: '/s',
    lines: [
      ['answered', (one) => one.perSecond],
      ['failed', (one) => one.failedPerSecond],
      ['refused', (one) => one.refusedPerSecond],
    ],
  },
  {
    title: 'Latency',
    unit: 'ms',
    lines: [
      ['p50', (one) => one.latency.p50],
      ['p90', (one) => one.latency.p90],
      ['p99', (one) => one.latency.p99],
    ],
  },
  {
    title: 'Queue',
    unit: '',
    lines: [
      ['requests under way', (one) => one.underWay],
      ['rows waiting', (one) => one.queuedRows],
    ],
  },
  {
    title: 'Wait for a batch',
    unit: 'ms',
    lines: [
      ['p50', (one) => one.wait.p50],
      ['p99', (one) => one.wait.p99],
    ],
  },
  { title: 'Rows in a batch', unit: '', lines: [['mean', (one) => one.rowsPerBatch]] },
  {
    title: 'Why batches were sent',
    unit: '',
    lines: batchReasons.map((name) => [name, (one) => one.batchesByReason[name] ?? 0] as const),
  },
  {
    title: 'Busy',
    unit: '%',
    lines: [
      ['runners', (one) => 100 * one.runnersBusy],
      ['workers', (one) => 100 * one.workersBusy],
    ],
  },
  { title: 'Memory', unit: 'MB', lines: [['workers', (one) => one.memoryMb]] },
]
