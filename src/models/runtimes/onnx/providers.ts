import { BentoError, messageOf } from '../../../errors.ts'

/** A provider that did not start, and onnxruntime's reason. */
interface Failure {
  readonly provider: string
  readonly error: unknown
}

export interface Tried<T> {
  readonly session: T
  /** Where it runs instead of where it was wished. */
  readonly note?: string
}

/**
 * One provider after the other: onnxruntime itself gives up at the first that does not start. What a provider cannot do
 * of a model that it runs, the CPU does. Throws MODEL_LOAD_FAILED.
 */
export async function tryProviders<T>(
  file: string,
  providers: readonly string[],
  open: (provider: string) => Promise<T>,
): Promise<Tried<T>> {
  const failures: Failure[] = []
  for (const provider of providers) {
    try {
      const session = await open(provider)
      if (failures.length === 0) return { session }
      const note = `it runs on ${provider}, since it does not on ${renderFailures(failures)}`
      return { session, note }
    } catch (error) {
      failures.push({ provider, error })
    }
  }
  throw loadFailed(file, failures)
}

function loadFailed(file: string, failures: readonly Failure[]): BentoError {
  const [first, ...others] = failures
  const { error: cause } = failures.at(-1) ?? {}
  if (first?.provider === 'cpu' && others.length === 0) {
    return new BentoError('MODEL_LOAD_FAILED', `"${file}" does not load: ${messageOf(cause)}`, {
      hint: 'Check that onnxruntime is new enough for the model’s operator set.',
      cause,
    })
  }
  const where = `"${file}" does not run on ${renderFailures(failures)}`
  const provider = first?.provider ?? 'cpu'
  return new BentoError('MODEL_LOAD_FAILED', where, {
    hint: `${needs[provider] ?? 'Check the model.'} To go on without it, name one to fall back on: providers: ["${provider}", "cpu"].`,
    cause,
  })
}

const cudaLibraries =
  'It needs Linux x64, CUDA 12 with cuDNN 9, and onnxruntime’s libraries for them: `ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js`.'

/** What a machine must have for a provider. */
const needs: Readonly<Record<string, string>> = {
  cuda: cudaLibraries,
  tensorrt: `${cudaLibraries} And TensorRT.`,
  coreml: 'It needs macOS.',
  directml: 'It needs Windows.',
  webgpu: 'It needs a GPU with a driver for Vulkan, Metal or Direct3D 12.',
}

function renderFailures(failures: readonly Failure[]): string {
  return failures.map(({ provider, error }) => `${provider} (${reasonOf(error)})`).join(', ')
}

const noBackend = 'onnxruntime-node has none for this system'

/** The first line, without the place in onnxruntime's own sources. */
function reasonOf(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n')
  if (line.startsWith('no available backend found')) return noBackend
  return line.replace(/^\/\S+\.cc:\d+ .*? was false\. /, '')
}
