import { expect, test } from '@jest/globals'
import { tryProviders } from '../../../../src/models/runtimes/onnx/providers.ts'

const place = '/onnxruntime_src/webgpu_context.cc:136 void WebGpuContext::Initialize()'

const reasons = new Map([
  ['cuda', 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library\nat x'],
  ['coreml', 'no available backend found. ERR: [coreml] backend not found.'],
  ['webgpu', `${place} status == Success was false. Failed to get a WebGPU adapter`],
  ['cpu', 'Load model from m.onnx failed'],
])

function open(provider: string): Promise<string> {
  const reason = reasons.get(provider)
  return reason === undefined ? Promise.resolve(provider) : Promise.reject(new Error(reason))
}

test.each([
  ['cuda', 'Cuda: Failed to load shared library)', 'ONNXRUNTIME_NODE_INSTALL=cuda12'],
  ['coreml', 'coreml (onnxruntime-node has none for this system)', 'It needs macOS.'],
  ['webgpu', 'webgpu (Failed to get a WebGPU adapter)', 'It needs a GPU with a driver'],
])('%s: says why it does not start, and what it needs', async (provider, message, hint) => {
  await expect(tryProviders('m.onnx', [provider], open)).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  })
  await expect(tryProviders('m.onnx', [provider], open)).rejects.toMatchObject({
    hint: expect.stringContaining(`providers: ["${provider}", "cpu"]`),
  })
})

test('falls back along the list alone', async () => {
  await expect(tryProviders('m.onnx', ['cuda', 'directml'], open)).resolves.toEqual({
    session: 'directml',
    note: expect.stringMatching(/^it runs on directml, since it does not on cuda \(/),
  })
  await expect(tryProviders('m.onnx', ['coreml', 'cpu'], open)).rejects.toThrow(
    '"m.onnx" does not run on coreml (onnxruntime-node has none for this system), cpu (Load model',
  )
})

test('a model that the CPU cannot load says so without a word of providers', async () => {
  await expect(tryProviders('m.onnx', ['cpu'], open)).rejects.toMatchObject({
    message: '"m.onnx" does not load: Load model from m.onnx failed',
    hint: expect.stringContaining('operator set'),
  })
})
