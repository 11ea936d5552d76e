import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { BentoError } from '../errors.ts'
import type { Signature } from '../store/manifest.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { parseName } from '../store/tag.ts'
import type { Framework, ReadModel, ReadOptions } from './frameworks/framework.ts'
import { detectFramework, loadFramework } from './frameworks/registry.ts'
import { isSavedModel } from './frameworks/tensorflow/framework.ts'
import { toCheck } from './python/converted.ts'
import type { PythonOptions } from './python/find-python.ts'
import { runScript } from './python/run-script.ts'
import { companion } from './store-files.ts'
import { storeModel } from './store-model.ts'

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
  /** Rows to compare predictions on: an npy, csv, json or parquet file. Needs the framework's Python. */
  readonly sample?: string
  /** How far a prediction may be off, relative for numbers above one. Default: 1e-5. */
  readonly tolerance?: number
  /** Command or path of the Python for files that only it can read. Default: the project's, else python3. */
  readonly python?: string
  /** Whether code in the file may run: a pickle is code. */
  readonly trust?: boolean
}

/** The process that asks, whose Python and packages are used. */
export type Place = Omit<PythonOptions, 'python'>

const nowhere: Place = { cwd: '.', env: {} }

type Signatures = Readonly<Record<string, Signature>>

interface ImportInput extends Omit<ImportModelOptions, 'signatures'> {
  /** May follow from what the model is. */
  readonly signatures?: Signatures | ((model: ReadModel) => Signatures)
}

/** Reads a trained model's file and stores it. Nothing is stored when anything is wrong with it. */
export async function importModel(
  store: ModelStore,
  options: ImportInput,
  place: Place = nowhere,
): Promise<ModelEntry> {
  const file = await requireModel(options.file)
  const companions = await Promise.all(
    (options.files ?? []).map((path) => requireFile(path, 'Give files that belong to the model.')),
  )
  const name = options.name === undefined ? nameOf(file) : parseName(options.name)
  const framework = await (options.framework === undefined
    ? detectFramework(file)
    : loadFramework(options.framework))
  const folder = await mkdtemp(join(tmpdir(), 'bento-import-'))
  try {
    const reading = readOptions(options, place, folder)
    const model = await readChecked(framework, file, reading)
    const files = [...model.files, ...companions.map(companion)]
    const given = options.signatures
    const signatures = typeof given === 'function' ? given(model) : given
    const packageRoots = [place.cwd]
    const said = { ...options, name, signatures, framework: framework.name, packageRoots }
    return await storeModel(store, { ...model, files }, said)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readOptions(
  { framework, python, sample, trust = false }: ImportInput,
  place: Place,
  folder: string,
): ReadOptions {
  const rows = sample === undefined ? undefined : resolve(place.cwd, sample)
  return { ...place, python, sample: rows, trust, folder, isNamed: framework !== undefined }
}

// Whose files are read without Python: with a sample, their own library says what they predict.
const libraries = new Set(['xgboost', 'lightgbm', 'catboost'])

async function readChecked(
  framework: Framework,
  file: string,
  options: ReadOptions,
): Promise<ReadModel> {
  const { name } = framework
  const model = await framework.read(file, options)
  const { sample, folder } = options
  if (sample === undefined || model.check) return model
  if (!libraries.has(name)) throw unused(name)
  const said = await runScript({ framework: name, file, folder, sample }, options)
  return { ...model, check: toCheck(said) }
}

function unused(framework: string): BentoError {
  return new BentoError('USAGE', `A sample cannot be compared for models of ${framework}`, {
    hint: 'Leave it out: the file itself is what runs.',
  })
}

/** A file, or the folder that is a SavedModel of TensorFlow. */
async function requireModel(path: string): Promise<string> {
  if (await isSavedModel(resolve(path))) return resolve(path)
  return requireFile(path, 'Give the file that the model was saved to.')
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
