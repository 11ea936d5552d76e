import { BentoError } from '../../errors.ts'
import type { Runtime } from './runtime.ts'

// One line for each runtime. Imported on demand: a service pays only for the runtimes of its own models.
const runtimes = new Map<string, () => Promise<Runtime>>([
  ['onnx', () => import('./onnx/runtime.ts').then((module) => module.onnx)],
  ['trees', () => import('./trees/runtime.ts').then((module) => module.trees)],
  ['pipeline', () => import('./pipeline/runtime.ts').then((module) => module.pipeline)],
])

// A few microseconds a row: often shorter than the way to another thread and back.
const quick = new Set(['trees'])

/** Whether a run of few rows may be done on the thread that answers requests. */
export function isQuick(runtime: string): boolean {
  return quick.has(runtime)
}

export async function loadRuntime(name: string): Promise<Runtime> {
  const load = runtimes.get(name)
  if (load) return load()
  throw new BentoError('MODEL_LOAD_FAILED', `No runtime is named "${name}"`, {
    hint: `Use a newer bento: this one knows ${[...runtimes.keys()].join(', ')}.`,
  })
}
