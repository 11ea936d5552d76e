import { expect, test } from '@jest/globals'
import { renderMetrics } from '../../../src/serve/observe/render-metrics.ts'

const input = {
  namespace: 'bentoml',
  labels: { service_name: 'iris', service_version: 'v1', runner_name: 'Iris' },
  buckets: { durationSeconds: [0.1, 1], batchRows: [1, 2] },
}

test('writes every metric as Prometheus text', async () => {
  const text = await renderMetrics({
    ...input,
    series: [
      {
        kind: 'request',
        labels: { endpoint: '/classify', code: '200' },
        values: [0.75, 2, 1, 0],
      },
      { kind: 'in_progress', labels: { endpoint: '/classify' }, values: [3] },
      { kind: 'batch', labels: { method: 'classify' }, values: [7, 1, 0, 2] },
    ],
  })
  expect(text).toMatchInlineSnapshot(`
"# HELP bentoml_request_total Requests answered, by endpoint and status
# TYPE bentoml_request_total counter
bentoml_request_total{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris"} 3

# HELP bentoml_request_duration_seconds Time from the whole request to its answer, in seconds
# TYPE bentoml_request_duration_seconds histogram
bentoml_request_duration_seconds_bucket{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris",le="0.1"} 2
bentoml_request_duration_seconds_bucket{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris",le="1"} 3
bentoml_request_duration_seconds_bucket{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris",le="+Inf"} 3
bentoml_request_duration_seconds_sum{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris"} 0.75
bentoml_request_duration_seconds_count{endpoint="/classify",http_response_code="200",service_name="iris",service_version="v1",runner_name="Iris"} 3

# HELP bentoml_request_in_progress Requests under way
# TYPE bentoml_request_in_progress gauge
bentoml_request_in_progress{endpoint="/classify",service_name="iris",service_version="v1",runner_name="Iris"} 3

# HELP bentoml_request_refused_total Requests refused before they were run, by reason
# TYPE bentoml_request_refused_total counter

# HELP bentoml_event_loop_lag_seconds How late the event loop of each worker was within the last second
# TYPE bentoml_event_loop_lag_seconds gauge

# HELP bentoml_worker_resident_memory_bytes Memory of each worker that is not swapped out
# TYPE bentoml_worker_resident_memory_bytes gauge

# HELP bentoml_worker_cpu_seconds_total CPU time of each worker, user and system
# TYPE bentoml_worker_cpu_seconds_total counter

# HELP bentoml_worker_restarts_total Workers started in the place of another, by what had become of that
# TYPE bentoml_worker_restarts_total counter

# HELP bentoml_runner_adaptive_batch_size Rows in each batch that was run
# TYPE bentoml_runner_adaptive_batch_size histogram
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="1"} 1
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="2"} 1
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="+Inf"} 3
bentoml_runner_adaptive_batch_size_sum{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 7
bentoml_runner_adaptive_batch_size_count{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 3

# HELP bentoml_runner_queue_wait_seconds Time that a request waited until its batch started
# TYPE bentoml_runner_queue_wait_seconds histogram
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.0001"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.00025"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.0005"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.001"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.0025"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.005"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.01"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.025"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.05"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.1"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.25"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.5"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="1"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="2.5"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="5"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="10"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="30"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="60"} 0
bentoml_runner_queue_wait_seconds_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="+Inf"} 0
bentoml_runner_queue_wait_seconds_sum{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0
bentoml_runner_queue_wait_seconds_count{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0

# HELP bentoml_runner_prediction_error_ratio Difference of the predicted and the real time of a batch, as a part of the real
# TYPE bentoml_runner_prediction_error_ratio histogram
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.01"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.025"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.05"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.1"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.25"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="0.5"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="1"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="2"} 0
bentoml_runner_prediction_error_ratio_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="+Inf"} 0
bentoml_runner_prediction_error_ratio_sum{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0
bentoml_runner_prediction_error_ratio_count{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0

# HELP bentoml_runner_batches_total Batches by the reason for which they were sent when they were
# TYPE bentoml_runner_batches_total counter
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="full"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="knee"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="herd"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="hold-expired"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="idle"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="deadline"} 0
bentoml_runner_batches_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",reason="drain"} 0

# HELP bentoml_runner_busy_seconds_total Time that batches ran
# TYPE bentoml_runner_busy_seconds_total counter
bentoml_runner_busy_seconds_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0

# HELP bentoml_runner_rows_total Rows that were run
# TYPE bentoml_runner_rows_total counter
bentoml_runner_rows_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 7

# HELP bentoml_runner_retries_total Further runs that it took to find what made a batch fail
# TYPE bentoml_runner_retries_total counter
bentoml_runner_retries_total{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 0
"
`)
})

test('names the metrics even before anything was counted', async () => {
  const text = await renderMetrics({ ...input, namespace: 'mine', series: [] })
  expect(text).toContain('# TYPE mine_request_total counter')
  expect(text).toContain('# TYPE mine_runner_adaptive_batch_size histogram')
})
