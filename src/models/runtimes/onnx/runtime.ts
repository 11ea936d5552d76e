import { env } from 'node:process'
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
import { tryProviders } from './providers.ts'
import type { Tried } from './providers.ts'
import { packedWeights, shareWeights } from './shared-weights.ts'

type Ort = typeof OrtModule

const packageName = 'onnxruntime-node'

/** onnxruntime, by its binding for Node. A run blocks its thread. */
export const onnx: Runtime = {
  name: 'onnx',
  packages: [packageName],

  async load(file, options) {
    const ort = await importOrt(options.packageRoots)
    const { providers = ['cpu'] } = options
    const opened = await tryProviders(file, providers, (provider) =>
      createSession(ort, file, { ...options, provider }),
    )
    return new OnnxModel(ort, opened, file)
  },
}

async function importOrt(roots: readonly string[]): Promise<Ort> {
  // Since 1.30 it reports to its maker, unless this is set before it is loaded. Runner threads share the process's own.
  env['ORT_DISABLE_TELEMETRY'] ??= '1'
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

interface SessionOptions extends LoadOptions {
  readonly provider: string
}

async function createSession(
  ort: Ort,
  file: string,
  options: SessionOptions,
): Promise<InferenceSession> {
  const { weights, provider } = options
  const plain = settingsOf(options)
  if (weights === undefined || provider !== 'cpu') return ort.InferenceSession.create(file, plain)
  const shared = await shareWeights(file, weights, async (target) => {
    const session = await ort.InferenceSession.create(file, toSave(plain, target))
    await session.release()
  })
  if (shared === file) return ort.InferenceSession.create(file, plain)
  // It was made as quick as can be before it was packed.
  return ort.InferenceSession.create(shared, { ...plain, graphOptimizationLevel: 'disabled' })
}

type Settings = InferenceSession.SessionOptions

function settingsOf({ intraOpThreads, allowSpinning, provider }: SessionOptions): Settings {
  return {
    executionProviders: [provider === 'directml' ? 'dml' : provider],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // It writes to stderr by itself; what matters comes as an error too.
    logSeverityLevel: 4,
    // Between runs its threads would burn the CPU that other workers need.
    extra: { session: { intra_op: { allow_spinning: allowSpinning ? '1' : '0' } } },
  }
}

/** Writes the model as it was packed for this processor. */
function toSave(settings: Settings, target: string): Settings {
  const session = {
    optimized_model_external_initializers_file_name: packedWeights,
    optimized_model_external_initializers_min_size_in_bytes: '1024',
    save_external_prepacked_constant_initializers: '1',
  }
  return { ...settings, optimizedModelFilePath: target, extra: { session } }
}

class OnnxModel implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly note: string | undefined
  readonly #ort: Ort
  readonly #session: InferenceSession

  constructor(ort: Ort, { session, note }: Tried<InferenceSession>, file: string) {
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
