import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { BatchReport } from '../../../src/serve/batching/batcher.ts'
import { CounterFile, readCounterFile } from '../../../src/serve/observe/counter-file.ts'
import { Recorder } from '../../../src/serve/observe/recorder.ts'
import { renderMetrics } from '../../../src/serve/observe/render-metrics.ts'
import { sumSeries } from '../../../src/serve/observe/sum-series.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const buckets = { durationSeconds: [1], batchRows: [1, 2, 4] }
const report: BatchReport = {
  rows: 4,
  requests: 2,
  reason: 'full',
  durationMs: 20,
  predictedMs: 15,
  heldMs: 0,
  retries: 0,
}

/** What two workers, each of which does the same, have together. */
async function textOfTwo(work: (recorder: Recorder, worker: string) => void): Promise<string> {
  const folder = await temporaryFolder()
  const files = ['1', '2'].map((worker) => {
    const path = join(folder, worker)
    const file = new CounterFile(path)
    work(new Recorder(file, buckets), worker)
    file.close()
    return path
  })
  const series = sumSeries(await Promise.all(files.map(readCounterFile)))
  return renderMetrics({ namespace: 'bentoml', labels: {}, buckets, series })
}

test('counts of batches why they were sent, what they took and how well that was foreseen', async () => {
  const text = await textOfTwo((recorder) => {
    const batches = recorder.batch('classify')
    batches.waited(2)
    batches.waited(40)
    batches.ended(report)
    batches.ended({
      ...report,
      rows: 1,
      reason: 'idle',
      durationMs: 10,
      predictedMs: 0,
      retries: 3,
    })
  })
  const lines = text.split('\n')
  for (const [name, value] of [
    ['runner_batches_total{method_name="classify",reason="full"}', 2],
    ['runner_batches_total{method_name="classify",reason="idle"}', 2],
    ['runner_batches_total{method_name="classify",reason="herd"}', 0],
    ['runner_rows_total{method_name="classify"}', 10],
    ['runner_busy_seconds_total{method_name="classify"}', 0.06],
    ['runner_retries_total{method_name="classify"}', 6],
    ['runner_adaptive_batch_size_bucket{method_name="classify",le="1"}', 2],
    ['runner_adaptive_batch_size_count{method_name="classify"}', 4],
    ['runner_queue_wait_seconds_bucket{method_name="classify",le="0.0025"}', 2],
    ['runner_queue_wait_seconds_count{method_name="classify"}', 4],
    ['runner_queue_wait_seconds_sum{method_name="classify"}', 0.084],
    // What was not foreseen at all is not an error of the forecast.
    ['runner_prediction_error_ratio_count{method_name="classify"}', 2],
    ['runner_prediction_error_ratio_sum{method_name="classify"}', 0.5],
  ] as const) {
    expect(lines).toContain(`bentoml_${name} ${value}`)
  }
})

test('counts refusals by their reason, and no other errors', async () => {
  const text = await textOfTwo((recorder) => {
    const endpoint = recorder.endpoint('/classify')
    for (const code of ['QUEUE_FULL', 'CONCURRENCY', 'QUEUE_FULL', 'INPUT_INVALID', 'TIMEOUT']) {
      endpoint.failed(code)
    }
  })
  const lines = text.split('\n').filter((line) => line.startsWith('bentoml_request_refused_total'))
  expect(lines).toEqual([
    'bentoml_request_refused_total{endpoint="/classify",reason="QUEUE_FULL"} 4',
    'bentoml_request_refused_total{endpoint="/classify",reason="CONCURRENCY"} 2',
  ])
})

test('tells apart what each worker uses', async () => {
  const text = await textOfTwo((recorder, worker) => {
    const one = Number(worker)
    recorder.usage(worker)({ lagSeconds: one / 4, rssBytes: one * 2 ** 20, cpuSeconds: one * 3 })
    recorder.saveGauges()
  })
  expect(text).toContain('bentoml_event_loop_lag_seconds{worker="1"} 0.25')
  expect(text).toContain('bentoml_event_loop_lag_seconds{worker="2"} 0.5')
  expect(text).toContain('bentoml_worker_resident_memory_bytes{worker="2"} 2097152')
  expect(text).toContain('bentoml_worker_cpu_seconds_total{worker="1"} 3')
})
