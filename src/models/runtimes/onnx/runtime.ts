import type * as OrtModule from 'onnxruntime-node'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { BentoError, messageOf } from '../../../errors.ts'
import { importPackage } from '../../../lib/packages.ts'
import type { DType, TensorMap, ValueInfo } from '../../../lib/tensor.ts'
import { dtypes } from '../../../lib/tensor.ts'
import { checkInputs } from '../check-inputs.ts'
import { packageMissing } from '../package-missing.ts'
import type { LoadedModel, LoadOptions, Runtime } from '../runtime.ts'
import { fromOrt, toOrt } from './convert.ts'

type Ort = typeof OrtModule

const packageName = 'onnxruntime-node'

/** onnxruntime, by its binding for Node. A run blocks its thread. */
export const onnx: Runtime = {
  name: 'onnx',
  packages: [packageName],

  async load(file, options) {
    const ort = await importOrt(options.packageRoots)
    return new OnnxModel(ort, await openSession(ort, file, options), file)
  },
}

async function importOrt(roots: readonly string[]): Promise<Ort> {
  const module = await importPackage(packageName, roots).catch((error: unknown) => {
    throw new BentoError(
      'MODEL_LOAD_FAILED',
      `${packageName} does not start: ${messageOf(error)}`,
      {
        hint: 'Use a system with glibc, as Debian: onnxruntime has no build for musl or Intel Macs.',
        cause: error,
      },
    )
  })
  if (isOrt(module)) return module
  throw packageMissing('onnx', packageName)
}

function isOrt(module: unknown): module is Ort {
  return typeof module === 'object' && module !== null && 'InferenceSession' in module
}

interface Opened {
  readonly session: InferenceSession
  readonly note?: string
}

/**
 * One provider after the other: onnxruntime itself gives up at the first that does not start. What a provider cannot do
 * of a model that it runs, the CPU does.
 */
async function openSession(ort: Ort, file: string, options: LoadOptions): Promise<Opened> {
  const { providers = ['cpu'] } = options
  const failures: string[] = []
  let cause: unknown
  for (const provider of providers) {
    try {
      const session = await createSession(ort, file, { ...options, provider })
      if (failures.length === 0) return { session }
      return {
        session,
        note: `it runs on ${provider}, since it does not on ${failures.join(', ')}`,
      }
    } catch (error) {
      cause = error
      failures.push(`${provider} (${firstLine(error)})`)
    }
  }
  throw loadFailed(file, failures, { providers, cause })
}

function firstLine(error: unknown): string {
  const [line = ''] = messageOf(error).split('\n')
  return line
}

interface Tried {
  readonly providers: readonly string[]
  readonly cause: unknown
}

function loadFailed(
  file: string,
  failures: readonly string[],
  { providers, cause }: Tried,
): BentoError {
  if (providers.length === 1 && providers[0] === 'cpu') {
    return new BentoError('MODEL_LOAD_FAILED', `"${file}" does not load: ${messageOf(cause)}`, {
      hint: 'Check that onnxruntime is new enough for the model’s operator set.',
      cause,
    })
  }
  const where = `"${file}" does not run on ${failures.join(', ')}`
  return new BentoError('MODEL_LOAD_FAILED', where, {
    hint: 'Install what the provider needs, or name one to fall back on, as providers: ["cuda", "cpu"].',
    cause,
  })
}

interface SessionOptions extends LoadOptions {
  readonly provider: string
}

function createSession(
  ort: Ort,
  file: string,
  { intraOpThreads, allowSpinning, provider }: SessionOptions,
): Promise<InferenceSession> {
  return ort.InferenceSession.create(file, {
    executionProviders: [provider === 'directml' ? 'dml' : provider],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // It writes to stderr by itself; what matters comes as an error too.
    logSeverityLevel: 4,
    // Between runs its threads would burn the CPU that other workers need.
    extra: { session: { intra_op: { allow_spinning: allowSpinning ? '1' : '0' } } },
  })
}

class OnnxModel implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly note: string | undefined
  readonly #ort: Ort
  readonly #session: InferenceSession

  constructor(ort: Ort, { session, note }: Opened, file: string) {
    this.note = note
    this.#ort = ort
    this.#session = session
    this.inputs = session.inputMetadata.map((value) => toValueInfo(value, file))
    this.outputs = session.outputMetadata.map((value) => toValueInfo(value, file))
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    checkInputs(this.inputs, inputs)
    const feeds: Record<string, OrtTensor> = {}
    for (const { name } of this.inputs) {
      const tensor = inputs[name]
      if (tensor) feeds[name] = toOrt(this.#ort, tensor)
    }
    return fromOrt(await this.#infer(feeds))
  }

  release(): Promise<void> {
    return this.#session.release()
  }

  async #infer(feeds: Record<string, OrtTensor>): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#session.run(feeds)
    } catch (error) {
      throw new BentoError('MODEL_RUN_FAILED', `The model does not run: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
}

function toValueInfo(value: InferenceSession.ValueMetadata, file: string): ValueInfo {
  if (value.isTensor && isDType(value.type)) {
    // A dimension that may vary has a name, or an empty one.
    const shape = value.shape.map((size) => (typeof size === 'number' ? size : null))
    return { name: value.name, dtype: value.type, shape }
  }
  const type = value.isTensor ? value.type : 'no tensor'
  throw new BentoError('MODEL_LOAD_FAILED', `"${value.name}" of "${file}" is ${type}`, {
    hint: 'Export the model with inputs and outputs of common types.',
  })
}

function isDType(type: string): type is DType {
  return dtypes.some((dtype) => dtype === type)
}
