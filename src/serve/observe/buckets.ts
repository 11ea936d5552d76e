import type { ServeOptions } from '../../config/service-options.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { batchSizeBuckets, durationBuckets } from './histogram.ts'
import type { Buckets } from './recorder.ts'

const defaultMaxBatchSize = 100

/** Worker and supervisor must agree on the bounds, so that both have them from here. */
export function bucketsOf(options: ServeOptions, manifest: BentoManifest): Buckets {
  const sizes = manifest.apis.map(
    (api) => options.apis[api.name]?.maxBatchSize ?? api.max_batch_size,
  )
  return {
    durationSeconds: durationBuckets(options.metrics.duration),
    batchRows: batchSizeBuckets(Math.max(defaultMaxBatchSize, ...sizes)),
  }
}
