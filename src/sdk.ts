import { BentoError } from './errors.ts'
import { getModel } from './service/models.ts'

/*
 * What a service imports as 'bentojs' once it is bundled. Models can only be got here: what manages the store is
 * toolchain, and a served bento must not write to one.
 */
export { api } from './service/api.ts'
export type { ApiOptions } from './service/api.ts'
export type { BatchContext, Context, ContextRequest, ContextResponse } from './service/context.ts'
export type { BackgroundWork } from './service/aftermath.ts'
export type { CookieOptions } from './lib/cookies.ts'
export type { Logger, LogMethod } from './log/logger.ts'
export { monitor } from './service/monitor.ts'
export type { Monitor } from './service/monitor.ts'
export type { MonitorField } from './service/monitor-record.ts'
export { logger } from './service/logger.ts'
export { useArguments } from './service/arguments.ts'
export { mount } from './service/mount.ts'
export type { FetchHandler, Mountable, NodeHandler, UpgradeHandler } from './service/mount.ts'
export { isAlive, isReady, onShutdown, onStartup } from './service/lifecycle.ts'
export type {
  GaugeAggregate,
  GaugeOptions,
  HistogramOptions,
  MetricOptions,
} from './service/metrics/definition.ts'
export { metrics } from './service/metrics/metrics.ts'
export type { Counter, Gauge, Histogram } from './service/metrics/metrics.ts'
export type { ModelInput } from './service/model-inputs.ts'
export type { ModelInfo } from './service/model-host.ts'
// With a star, so that a project can augment Models.
export type * from './service/model-types.ts'
export type { ModelHandle } from './service/models.ts'
export { modelService } from './service/model-service.ts'
export type { ModelServiceOptions } from './service/model-service.ts'
export { service } from './service/service.ts'
export {
  BadInput,
  InternalServerError,
  InvalidArgument,
  NotFound,
  ServiceError,
  ServiceUnavailable,
  UnprocessableEntity,
} from './service/service-error.ts'
export type { ServiceErrorOptions } from './service/service-error.ts'
export type { ServiceOptions } from './service/service-options.ts'
export { bytes } from './service/io/bytes-schema.ts'
export type { BytesSchema } from './service/io/bytes-schema.ts'
export { file, image } from './service/io/file-schema.ts'
export type { FileOptions, FileSchema } from './service/io/file-schema.ts'
export { fileAt } from './service/io/file-value.ts'
export type { FileLabel, FileLike, UploadedFile } from './service/io/file-value.ts'
export { int64 } from './service/io/int64-schema.ts'
export type { Int64Schema } from './service/io/int64-schema.ts'
export { table } from './service/io/table-schema.ts'
export type { TableLike, TableOptions, TableSchema } from './service/io/table-schema.ts'
export type { Cell, ColumnLists, Rows } from './service/io/table.ts'
export { list, optional } from './service/io/wrappers.ts'
export type { ListOptions } from './service/io/wrappers.ts'
export { tensor } from './service/tensor-schema.ts'
export type { TensorLike, TensorOptions, TensorSchema } from './service/tensor-schema.ts'
export type { ColumnName, DType, Tensor, TensorData, TensorMap, ValueInfo } from './lib/tensor.ts'

/** `get` is a handle on a model that the service runs; the rest is for scripts, outside a bento. */
export const models = {
  get: getModel,
  find: async (_tag: string): Promise<never> => refuse('find'),
  list: async (_name?: string): Promise<never> => refuse('list'),
  save: async (_options: object): Promise<never> => refuse('save'),
  delete: async (_tag: string): Promise<never> => refuse('delete'),
} as const

const frameworkModels = {
  saveModel: async (_name: string, _file: string, _options?: object): Promise<never> =>
    refuse('save'),
} as const

export const onnx = frameworkModels
export const xgboost = frameworkModels
export const lightgbm = frameworkModels
export const catboost = frameworkModels
export const sklearn = frameworkModels
export const pytorch = frameworkModels
export const tensorflow = frameworkModels
export const keras = frameworkModels

function refuse(what: string): never {
  throw new BentoError('MODEL_UNDECLARED', `models.${what} does not work inside a bento`, {
    hint: 'Inside a service use `models.get`; manage the store in a script, or with `bento models`.',
  })
}
