import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import { concatRows } from '../../lib/tensor-ops.ts'
import type { TensorMap } from '../../lib/tensor.ts'
import type { ModelManifest } from '../../store/manifest.ts'
import { loadRuntime } from '../runtimes/registry.ts'
import type { LoadedModel } from '../runtimes/runtime.ts'
import type { Check } from './check.ts'
import { compare } from './compare.ts'
import type { Difference } from './compare.ts'
import { castAll, sliceAll, stepOf } from './rows.ts'

type Fidelity = NonNullable<ModelManifest['fidelity']>

export interface VerifyOptions {
  /** Name of the runtime. */
  readonly runtime: string
  /** The model's main file. */
  readonly file: string
  readonly tolerance: number
  /** Where to find the packages of the runtime. */
  readonly packageRoots: readonly string[]
}

// What 32-bit sums in another order differ by.
export const defaultTolerance = 1e-5

/**
 * Runs the model on the rows of the check. Throws MODEL_DIFFERS where it does not answer as the original does, and
 * MODEL_UNSUPPORTED where its converter made of it what no runtime takes.
 */
export async function verify(check: Check, options: VerifyOptions): Promise<Fidelity> {
  const { tolerance } = options
  const differences = compare(check.expected, await runOnce(check.inputs, options))
  const rows = Math.max(0, ...Object.values(check.expected).map(({ shape }) => shape[0] ?? 1))
  const off = differences.filter(({ distance }) => distance > tolerance)
  if (off.length > 0) throw differs(off, { rows, source: check.source, tolerance })
  const outputs = Object.keys(check.expected)
  return { source: check.source, rows, outputs, worst: differences[0]?.distance ?? 0, tolerance }
}

async function runOnce(
  inputs: TensorMap,
  { runtime, file, packageRoots }: VerifyOptions,
): Promise<TensorMap> {
  const loader = await loadRuntime(runtime)
  const settings = { intraOpThreads: 1, allowSpinning: false, packageRoots }
  const model = await loader.load(file, settings).catch((error: unknown) => {
    throw isBentoError(error) && error.code === 'MODEL_LOAD_FAILED' ? notConverted(error) : error
  })
  try {
    return await runInSteps(model, castAll(inputs, model.inputs))
  } finally {
    await model.release()
  }
}

/** A model that takes so many rows and no others is run several times. */
async function runInSteps(model: LoadedModel, inputs: TensorMap): Promise<TensorMap> {
  const step = stepOf(model.inputs)
  const rows = Object.values(inputs)[0]?.shape[0] ?? 0
  if (step === undefined || rows <= step) return model.run(inputs)
  const parts: TensorMap[] = []
  for (let from = 0; from < rows; from += step) {
    parts.push(await model.run(sliceAll(inputs, from, from + step)))
  }
  return Object.fromEntries(
    Object.keys(parts[0] ?? {}).map((name) => [
      name,
      concatRows(parts.flatMap((part) => part[name] ?? [])),
    ]),
  )
}

function notConverted({ cause, message }: BentoError): BentoError {
  const reason = cause === undefined ? message : messageOf(cause)
  return new BentoError(
    'MODEL_UNSUPPORTED',
    `What the model was converted to does not run: ${reason}`,
    {
      hint: 'Nothing was stored. Leave the step that its converter gets wrong out of the model, and do it in the service.',
      cause,
    },
  )
}

interface Compared {
  readonly rows: number
  readonly source: string
  readonly tolerance: number
}

const shown = 5

function differs(off: readonly Difference[], { rows, source, tolerance }: Compared): BentoError {
  const count = new Set(off.map(({ row }) => row)).size
  const lines = off.slice(0, shown).map(({ row, output, found, expected }) => {
    return `\n  row ${row + 1}, ${output}: ${found}, the original says ${expected}`
  })
  const message = `The converted model answers ${count} of ${rows} rows (${source}) otherwise than the original:${lines.join('')}`
  return new BentoError('MODEL_DIFFERS', message, {
    hint: `Nothing was stored. Where larger differences are fine, say so with --tolerance (now ${tolerance}).`,
  })
}
