import { plainImage, type BentoManifest, type ModelManifest } from '../../src/store/manifest.ts'

export const modelManifest: ModelManifest = {
  format: 1,
  name: 'iris',
  version: 'v1',
  framework: 'onnx',
  runtime: 'onnx',
  main: 'model.onnx',
  files: [],
  inputs: [{ name: 'x', dtype: 'float32', shape: [null, 4] }],
  outputs: [{ name: 'y', dtype: 'int64', shape: [null] }],
  signatures: { run: { batchable: true, batch_dim: 0 } },
  labels: { owner: 'ann' },
  metadata: { accuracy: 0.97, final: true, note: '1e3' },
  context: { ir_version: 8, producer: 'skl2onnx' },
  profile: { signature: 'run', measured_on: '2 × EPYC', points: [{ rows: 1, ms: 0.5 }] },
}

export const bentoManifest: BentoManifest = {
  format: 1,
  name: 'iris',
  version: 'v1',
  service: 'IrisClassifier',
  bento_version: '0.1.0',
  description: 'Line one\nline two: "quoted"',
  labels: {},
  apis: [
    {
      name: 'classify',
      route: '/classify',
      batchable: true,
      max_batch_size: 32,
      max_latency_ms: 1000,
    },
  ],
  models: [],
  envs: [{ name: 'TOKEN', value: '', stage: 'runtime' }],
  args: {},
  image: plainImage,
  config: { workers: 2, traffic: { timeout: 10, concurrency: 8 } },
}
