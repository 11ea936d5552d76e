import { basename } from 'node:path'
import { BentoError } from '../../errors.ts'
import type { Framework } from './framework.ts'

// One line for each framework, tried in this order.
const frameworks = new Map<string, () => Promise<Framework>>([
  // First, since it alone takes folders.
  ['tensorflow', () => import('./tensorflow/framework.ts').then((module) => module.tensorflow)],
  ['onnx', () => import('./onnx/framework.ts').then((module) => module.onnx)],
  ['xgboost', () => import('./xgboost/framework.ts').then((module) => module.xgboost)],
  ['lightgbm', () => import('./lightgbm/framework.ts').then((module) => module.lightgbm)],
  ['catboost', () => import('./catboost/framework.ts').then((module) => module.catboost)],
  ['pytorch', () => import('./pytorch/framework.ts').then((module) => module.pytorch)],
  ['sklearn', () => import('./sklearn/framework.ts').then((module) => module.sklearn)],
])

/** The framework that a model's file belongs to. Throws FRAMEWORK_UNKNOWN. */
export async function detectFramework(file: string): Promise<Framework> {
  for (const load of frameworks.values()) {
    const framework = await load()
    if (await framework.detect(file)) return framework
  }
  throw new BentoError(
    'FRAMEWORK_UNKNOWN',
    `"${basename(file)}" is no model file that bento knows`,
    {
      hint: `Give a file of one of these: ${known()}.`,
    },
  )
}

/** The framework of this name. Throws FRAMEWORK_UNKNOWN. */
export async function loadFramework(name: string): Promise<Framework> {
  const load = frameworks.get(name)
  if (load) return load()
  throw new BentoError('FRAMEWORK_UNKNOWN', `No framework is named "${name}"`, {
    hint: `Use one of these: ${known()}.`,
  })
}

function known(): string {
  return [...frameworks.keys()].join(', ')
}
