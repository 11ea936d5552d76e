import { expect, test } from '@jest/globals'
import { renderMetrics } from '../../../src/serve/observe/render-metrics.ts'

const input = {
  namespace: 'bentoml',
  labels: { service_name: 'iris', service_version: 'v1', runner_name: 'Iris' },
  buckets: { durationSeconds: [0.1, 1], batchRows: [1, 2] },
}

test('writes the four metrics as Prometheus text', async () => {
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

# HELP bentoml_runner_adaptive_batch_size Rows in each batch that was run
# TYPE bentoml_runner_adaptive_batch_size histogram
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="1"} 1
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="2"} 1
bentoml_runner_adaptive_batch_size_bucket{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris",le="+Inf"} 3
bentoml_runner_adaptive_batch_size_sum{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 7
bentoml_runner_adaptive_batch_size_count{method_name="classify",service_name="iris",service_version="v1",runner_name="Iris"} 3
"
`)
})

test('names the metrics even before anything was counted', async () => {
  const text = await renderMetrics({ ...input, namespace: 'mine', series: [] })
  expect(text).toContain('# TYPE mine_request_total counter')
  expect(text).toContain('# TYPE mine_runner_adaptive_batch_size histogram')
})
