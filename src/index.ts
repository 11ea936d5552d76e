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

// On demand: most who import 'bentojs' write a service, and need no store.
function loadApi(): Promise<Api> {
  return import('./models/api.ts')
}
