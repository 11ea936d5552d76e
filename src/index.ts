import type * as modelsApi from './models/api.ts'
import { getModel } from './service/models.ts'

/*
 * What 'bentojs' exports. A service that was bundled gets sdk.ts in its place, which reaches no toolchain.
 */
export * from './sdk.ts'
export type { ImportModelOptions } from './models/save.ts'

type Api = typeof modelsApi

/** A model in the store. */
export type ModelEntry = Awaited<ReturnType<Api['saveModel']>>

/**
 * `models.get` is a handle on a model that a service runs. The rest is the model store, for scripts that train and
 * tidy up.
 */
export const models: {
  readonly get: typeof getModel
  /** Stores a model's file. */
  readonly save: Api['saveModel']
  /** The stored model of this tag, or undefined. */
  readonly find: Api['findModel']
  /** All stored models, or those of one name. */
  readonly list: Api['listModels']
  /** Removes one version. */
  readonly delete: Api['deleteModel']
} = {
  get: getModel,
  save: async (...given) => (await loadApi()).saveModel(...given),
  find: async (...given) => (await loadApi()).findModel(...given),
  list: async (...given) => (await loadApi()).listModels(...given),
  delete: async (...given) => (await loadApi()).deleteModel(...given),
}

/** How a framework's model is saved, as in BentoML. */
export interface FrameworkModels {
  /** Stores a model's file under a name. */
  readonly saveModel: (name: string, file: string, options?: SaveOptions) => Promise<ModelEntry>
}

type SaveOptions = Omit<Parameters<Api['saveModel']>[0], 'file' | 'name' | 'framework'>

export const onnx = modelsOf('onnx')
export const xgboost = modelsOf('xgboost')
export const lightgbm = modelsOf('lightgbm')
export const catboost = modelsOf('catboost')
/** Reads pickles, which are code: `trust` says that theirs may run. */
export const sklearn = modelsOf('sklearn')
/** Programs, which may run code: `trust` says that theirs may. */
export const pytorch = modelsOf('pytorch')
export const tensorflow = modelsOf('tensorflow')
export const keras = modelsOf('tensorflow')

function modelsOf(framework: string): FrameworkModels {
  return {
    saveModel: async (name, file, options = {}) =>
      (await loadApi()).saveModel({ ...options, name, file, framework }),
  }
}

// On demand: most who import 'bentojs' write a service, and need no store.
function loadApi(): Promise<Api> {
  return import('./models/api.ts')
}
