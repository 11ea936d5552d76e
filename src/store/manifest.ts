import type { ProfilePoint } from '../config/profile-file.ts'
import type { ValueInfo } from '../lib/tensor.ts'

/** `model.yaml`: what a model folder holds. Keys are snake_case on disk, as here. */
export interface ModelManifest {
  /** Version of this format. */
  readonly format: 1
  readonly name: string
  readonly version: string
  /** Framework that the file came from, as `onnx`. */
  readonly framework: string
  /** Runtime that runs it. */
  readonly runtime: string
  /** Main file, relative to the folder. */
  readonly main: string
  /** Every file but this one, sorted by path, with its sha256 in hex and its size in bytes. */
  readonly files: readonly {
    readonly path: string
    readonly sha256: string
    readonly size: number
  }[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly signatures: Readonly<Record<string, Signature>>
  readonly labels: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string | number | boolean>>
  readonly context: Readonly<Record<string, string | number>>
  /** How near its predictions are to those of the model that it was made of, where they were compared. */
  readonly fidelity?: Fidelity | undefined
  /** What its runs take, where that was measured. No part of what its version stands for. */
  readonly profile?: ServiceProfile | undefined
}

/** What runs of so many rows take, measured on one machine: elsewhere it is a first guess, which traffic corrects. */
interface ServiceProfile {
  /** The signature that was called. */
  readonly signature: string
  /** In words, as `2 × AMD EPYC 7B13, Node 20.19.0`. */
  readonly measured_on: string
  /** From fewer rows to more. */
  readonly points: readonly ProfilePoint[]
}

interface Fidelity {
  /** Where the rows come from: a file's name, or that they were made up. */
  readonly source: string
  readonly rows: number
  /** Which outputs were compared. */
  readonly outputs: readonly string[]
  /** The largest difference, relative for numbers above one. */
  readonly worst: number
  readonly tolerance: number
}

/** How a model may be called. `batch_dim` is the axis along which requests are joined. */
export interface Signature {
  readonly batchable: boolean
  readonly batch_dim: number
}

/** `bento.yaml`: what a bento holds. Keys are snake_case on disk, as here. */
export interface BentoManifest {
  /** Version of this format. */
  readonly format: 1
  readonly name: string
  readonly version: string
  /** Name of the service, as in `@service({ name })` or the class. */
  readonly service: string
  /** Version of bentojs that built it. */
  readonly bento_version: string
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly apis: readonly BentoApi[]
  readonly models: readonly BentoModel[]
  readonly envs: readonly BentoEnv[]
  /** What the service was built with: `args` of bentofile.yaml and `--arg`. */
  readonly args: Readonly<Record<string, string>>
  readonly image: BentoImage
  /** The options of `@service` as written, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
}

interface BentoApi {
  readonly name: string
  readonly route: string
  readonly batchable: boolean
  readonly max_batch_size: number
  readonly max_latency_ms: number
  /** What its batches took where that was measured. */
  readonly profile?: readonly ProfilePoint[] | undefined
}

export interface BentoModel {
  /** The tag that the service asks for, as `iris_classifier:latest`. */
  readonly requested: string
  /** The tag it was pinned to, as `iris_classifier:oqm3yz7iyqwdyaav`. */
  readonly tag: string
  readonly runtime: string
  /** The model's main file, relative to `path`; copied from its model.yaml, so that workers need not read that. */
  readonly main: string
  readonly signatures: Readonly<Record<string, Signature>>
  /** sha256 over the model's files. */
  readonly digest: string
  /** The model's folder: relative to the bento, or absolute while serving a project from its sources. */
  readonly path: string
  /** Where the files come from at the start, when the bento has no more of the model than its model.yaml. */
  readonly source?: string
}

export interface BentoEnv {
  readonly name: string
  /** Empty: required at run time. */
  readonly value: string
  readonly stage: 'all' | 'build' | 'runtime'
}

/** What is below the service in its image. Empty text: nothing was said. */
export interface BentoImage {
  /** Image to build on. */
  readonly base: string
  /** As `26` or `26.1.0`. */
  readonly node_version: string
  /** As `12.8.1`. */
  readonly cuda_version: string
  /** Debian's. */
  readonly system_packages: readonly string[]
  /** Whether `env/docker/setup_script` is to be run. */
  readonly setup_script: boolean
  /** Whether `env/docker/Dockerfile.template` overrides blocks of the Dockerfile. */
  readonly dockerfile_template: boolean
  /** The only platform that the bento was built for, as `linux/arm64`. */
  readonly platform: string
  /** More flags for `npm ci`. */
  readonly install_args: readonly string[]
  /** Digests of the images to build on, by name, as bento.lock pins them. */
  readonly digests?: Readonly<Record<string, string>>
}

/** Nothing was said of the image. */
export const plainImage: BentoImage = {
  base: '',
  node_version: '',
  cuda_version: '',
  system_packages: [],
  setup_script: false,
  dockerfile_template: false,
  platform: '',
  install_args: [],
}
