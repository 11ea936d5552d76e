import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { profilePoints } from '../config/profile-file.ts'
import { BentoError, isSystemError } from '../errors.ts'
import {
  anything,
  count,
  either,
  flag,
  list,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  text,
  withDefault,
} from '../lib/shape.ts'
import type { ShapeReader } from '../lib/shape.ts'
import { dtypes } from '../lib/tensor.ts'
import type { ValueInfo } from '../lib/tensor.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import {
  plainImage,
  type BentoImage,
  type BentoManifest,
  type BentoModel,
  type ModelManifest,
} from './manifest.ts'
import { parseManifest, renderYaml } from './yaml.ts'
import type { ManifestFormat } from './yaml.ts'

export const modelFile = 'model.yaml'
export const bentoFile = 'bento.yaml'

const plainValue = object({
  name: text,
  dtype: literal(...dtypes),
  shape: list(nullable(count)),
})
const more = object({
  columns: optional(list(either(either(text, flag), number))),
  category: optional(flag),
})

const value: ShapeReader<ValueInfo> = (given, at) => ({
  ...plainValue(given, at),
  ...withoutUndefined(more(given, at)),
})

// Each table is also the order of the keys on disk.
const signatures = record(object({ batchable: flag, batch_dim: count }))

const modelFormat: ManifestFormat<ModelManifest> = {
  format: 1,
  code: 'MODEL_INVALID',
  shape: object({
    format: literal(1),
    name: text,
    version: text,
    framework: text,
    runtime: text,
    main: text,
    files: list(object({ path: text, sha256: text, size: count })),
    inputs: list(value),
    outputs: list(value),
    signatures,
    labels: record(text),
    metadata: record(either(either(text, flag), number)),
    context: record(either(text, number)),
    fidelity: optional(
      object({ source: text, rows: count, outputs: list(text), worst: number, tolerance: number }),
    ),
    profile: optional(
      object({
        signature: text,
        measured_on: text,
        points: profilePoints,
      }),
    ),
  }),
}

const plainApi = object({
  name: text,
  route: text,
  batchable: flag,
  max_batch_size: number,
  max_latency_ms: number,
})
const profile = object({ profile: optional(profilePoints) })

const api: ShapeReader<BentoManifest['apis'][number]> = (given, at) => ({
  ...plainApi(given, at),
  ...withoutUndefined(profile(given, at)),
})

const plainModel = object({
  requested: text,
  tag: text,
  runtime: text,
  main: text,
  signatures,
  digest: text,
  path: text,
})
const source = object({ source: optional(text) })

const bentoModel: ShapeReader<BentoModel> = (given, at) => ({
  ...plainModel(given, at),
  ...withoutUndefined(source(given, at)),
})

const wishes = object({
  base: text,
  node_version: text,
  cuda_version: text,
  system_packages: list(text),
  setup_script: flag,
  dockerfile_template: flag,
  platform: text,
  install_args: list(text),
})
const digests = object({ digests: optional(record(text)) })

const image: ShapeReader<BentoImage> = (given, at) => ({
  ...wishes(given, at),
  ...withoutUndefined(digests(given, at)),
})

const bentoFormat: ManifestFormat<BentoManifest> = {
  format: 1,
  code: 'BENTO_INVALID',
  shape: object({
    format: literal(1),
    name: text,
    version: text,
    service: text,
    bento_version: text,
    description: text,
    labels: record(text),
    apis: list(api),
    models: list(bentoModel),
    envs: list(object({ name: text, value: text, stage: literal('all', 'build', 'runtime') })),
    // Bentos of before had neither arguments nor wishes.
    args: withDefault(record(text), {}),
    image: withDefault(image, plainImage),
    config: record(anything),
  }),
}

/** Reads `model.yaml` of a model's folder. Throws MODEL_INVALID with the file and the field. */
export function readModelManifest(folder: string): Promise<ModelManifest> {
  return readManifest(join(folder, modelFile), modelFormat)
}

/** Reads `bento.yaml` of a bento's folder. Throws BENTO_INVALID with the file and the field. */
export function readBentoManifest(folder: string): Promise<BentoManifest> {
  return readManifest(join(folder, bentoFile), bentoFormat)
}

/** The bytes of `model.yaml`: the same for the same manifest, whatever order its maps were built in. */
export function renderModelManifest(manifest: ModelManifest): Promise<string> {
  return renderYaml(modelFormat.shape(manifest, ''))
}

/** The bytes of `bento.yaml`: the same for the same manifest, whatever order its maps were built in. */
export function renderBentoManifest(manifest: BentoManifest): Promise<string> {
  return renderYaml(bentoFormat.shape(manifest, ''))
}

async function readManifest<M>(file: string, format: ManifestFormat<M>): Promise<M> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'ENOTDIR')) throw error
    throw new BentoError(format.code, `"${file}" is missing`, {
      hint: 'Delete this version, then import or build it again.',
      cause: error,
    })
  })
  return parseManifest(content, file, format)
}
