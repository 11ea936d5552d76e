import { BentoError } from '../../errors.ts'
import type { Runtime } from './runtime.ts'

// One line for each runtime. Imported on demand: a service pays only for the runtimes of its own models.
const runtimes = new Map<string, () => Promise<Runtime>>([
  ['onnx', () => import('./onnx/runtime.ts').then((module) => module.onnx)],
  ['trees', () => import('./trees/runtime.ts').then((module) => module.trees)],
])

export async function loadRuntime(name: string): Promise<Runtime> {
  const load = runtimes.get(name)
  if (load) return load()
  throw new BentoError('MODEL_LOAD_FAILED', `No runtime is named "${name}"`, {
    hint: `Use a newer bento: this one knows ${[...runtimes.keys()].join(', ')}.`,
  })
}
