import { expect, test } from '@jest/globals'
import { readingOf } from '../../page/dashboard/readings.ts'
import { batchLayout } from '../../src/serve/observe/batch-series.ts'
import type { Snapshot } from '../../src/serve/observe/snapshot.ts'

const buckets = { durationSeconds: [0.1, 1], batchRows: [1, 2] }

/** A server whose batches have taken these seconds so far, by what was batched. */
function snapshotAt(at: number, busySeconds: Readonly<Record<string, number>>): Snapshot {
  const layout = batchLayout(buckets.batchRows)
  const series = Object.entries(busySeconds).map(([method, seconds]) => {
    const values = Array.from({ length: layout.size }, () => 0)
    values[layout.busySeconds] = seconds
    return { kind: 'batch', labels: { method }, values }
  })
  return { at, endpoints: [], slots: 1, queuedRows: 0, buckets, series, batches: [] }
}

function busyAfter(busySeconds: Readonly<Record<string, number>>): number | undefined {
  const before = Object.fromEntries(Object.keys(busySeconds).map((method) => [method, 0]))
  return readingOf(snapshotAt(0, before), snapshotAt(1000, busySeconds))?.runnersBusy
}

test.each([
  ['a method', { classify: 0.25 }, 0.25],
  ['a model', { 'iris:v1': 0.25 }, 0.25],
  ['a method and the model that it runs', { classify: 0.5, 'iris:v1': 0.4 }, 0.4],
  ['two models', { 'iris:v1': 0.25, 'fraud:v1': 0.5 }, 0.75],
  ['more than there is', { 'iris:v1': 1.5 }, 1],
  ['nothing', {}, 0],
])('runners are as busy as the batches of %s', (_what, busySeconds, expected) => {
  expect(busyAfter(busySeconds)).toBe(expected)
})

test('knows nothing across a restart', () => {
  expect(
    readingOf(snapshotAt(0, { classify: 2 }), snapshotAt(1000, { classify: 1 })),
  ).toBeUndefined()
})
