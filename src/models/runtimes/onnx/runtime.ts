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
    const session = await createSession(ort, file, options)
    return new OnnxModel(ort, session, file)
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

async function createSession(
  ort: Ort,
  file: string,
  { intraOpThreads, allowSpinning }: LoadOptions,
): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, {
      intraOpNumThreads: intraOpThreads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // It writes to stderr by itself; what matters comes as an error too.
      logSeverityLevel: 4,
      // Between runs its threads would burn the CPU that other workers need.
      extra: { session: { intra_op: { allow_spinning: allowSpinning ? '1' : '0' } } },
    })
  } catch (error) {
    throw new BentoError('MODEL_LOAD_FAILED', `"${file}" does not load: ${messageOf(error)}`, {
      hint: 'Check that onnxruntime is new enough for the model’s operator set.',
      cause: error,
    })
  }
}

class OnnxModel implements LoadedModel {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly #ort: Ort
  readonly #session: InferenceSession

  constructor(ort: Ort, session: InferenceSession, file: string) {
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
