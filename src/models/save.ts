import { stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { BentoError } from '../errors.ts'
import { byCodeUnit } from '../lib/order.ts'
import { digestFiles, digestText, versionOf } from '../store/digest.ts'
import type { ModelManifest, Signature } from '../store/manifest.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { parseName, parseVersion } from '../store/tag.ts'
import { detectFramework, loadFramework } from './frameworks/registry.ts'
import { checkSignatures } from './signatures.ts'
import { companion, storeFiles } from './store-files.ts'

export interface ImportModelOptions {
  /** The model's main file. Files that it refers to come along. */
  readonly file: string
  /** Default: the file's name without its extension. */
  readonly name?: string
  /** Default: made from the content, so that the same model always gets the same version. */
  readonly version?: string
  /** Default: `run`, not batchable. */
  readonly signatures?: Readonly<Record<string, Signature>>
  readonly labels?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
  /** Default: found out from the file. */
  readonly framework?: string
  /** Files that belong to the model, as its tokenizer: stored beside it under their own names. */
  readonly files?: readonly string[]
}

/** Reads a trained model's file and stores it. Nothing is stored when anything is wrong with it. */
export async function importModel(
  store: ModelStore,
  options: ImportModelOptions,
): Promise<ModelEntry> {
  const file = await requireFile(options.file, 'Give the file that the model was saved to.')
  const companions = await Promise.all(
    (options.files ?? []).map((path) => requireFile(path, 'Give files that belong to the model.')),
  )
  const name = options.name === undefined ? nameOf(file) : parseName(options.name)
  const framework = await (options.framework === undefined
    ? detectFramework(file)
    : loadFramework(options.framework))
  const model = await framework.read(file)
  const signatures = options.signatures ?? { run: { batchable: false, batch_dim: 0 } }
  checkSignatures(signatures, model.inputs)
  const staging = await store.stage()
  try {
    const files = await storeFiles([...model.files, ...companions.map(companion)], staging.path)
    const content = {
      framework: framework.name,
      runtime: model.runtime,
      main: model.main,
      files,
      inputs: model.inputs,
      outputs: model.outputs,
      signatures,
      labels: options.labels ?? {},
      metadata: options.metadata ?? {},
      context: model.context,
    }
    const version = options.version === undefined ? defaultVersion(content) : options.version
    return await store.commit(staging, {
      format: 1,
      name,
      version: parseVersion(version),
      ...content,
    })
  } finally {
    await staging.discard()
  }
}

/** Absolute. Throws FILE_NOT_FOUND. */
export async function requireFile(path: string, hint: string): Promise<string> {
  const file = resolve(path)
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile()) return file
  const what = found ? 'is not a file' : 'does not exist'
  throw new BentoError('FILE_NOT_FOUND', `"${file}" ${what}`, { hint })
}

function nameOf(file: string): string {
  const stem = basename(file, extname(file))
  try {
    return parseName(stem)
  } catch (error) {
    throw new BentoError('TAG_INVALID', `The file name "${stem}" cannot be the name of a model`, {
      hint: 'Choose one with --name.',
      cause: error,
    })
  }
}

/** What was read out of the files is left out: it follows from them, and a later bento may read more. */
function defaultVersion(content: Omit<ModelManifest, 'format' | 'name' | 'version'>): string {
  const { framework, runtime, main, files, signatures, labels, metadata } = content
  const words = [framework, runtime, main, signatures, labels, metadata].map(sortedJson)
  return versionOf(digestText([digestFiles(files), ...words].join('\n')))
}

function sortedJson(data: string | Readonly<Record<string, unknown>>): string {
  if (typeof data === 'string') return JSON.stringify(data)
  const entries = Object.entries(data).toSorted(([a], [b]) => byCodeUnit(a, b))
  return JSON.stringify(entries)
}
