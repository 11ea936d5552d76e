import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { BentoError } from '../../errors.ts'
import { listFiles } from '../../lib/files.ts'
import { modelFile } from '../../store/manifest-files.ts'
import type { ModelEntry, ModelStore } from '../../store/model-store.ts'
import { isSavedModel } from '../frameworks/tensorflow/framework.ts'
import { importModel } from '../save.ts'
import type { ImportModelOptions, Place } from '../save.ts'
import type { BentomlModel } from './bentoml-manifest.ts'
import { readBentoml } from './bentoml-manifest.ts'

/** How to read models that say less of themselves than a file would. */
export type ReadingOptions = Pick<ImportModelOptions, 'sample' | 'tolerance' | 'python' | 'trust'>

// What BentoML calls otherwise.
const frameworks = new Map([
  ['', undefined],
  ['torchscript', 'pytorch'],
  ['keras', 'tensorflow'],
])

/** Stores a model of a BentoML store under the same tag, with its labels, metadata and signatures. */
export async function importBentomlFolder(
  store: ModelStore,
  { folder, ...options }: ReadingOptions & { readonly folder: string },
  place: Place,
): Promise<ModelEntry> {
  const model = await readBentoml(folder)
  if (model === undefined) {
    throw new BentoError('FILE_NOT_FOUND', `"${folder}" is no file, and no model of BentoML`, {
      hint: 'Give the file of a model, or a folder as ~/bentoml/models/NAME/VERSION.',
    })
  }
  const { framework, signatures, ...said } = model
  const { file, others } = await findFiles(folder, model)
  const known = frameworks.has(framework) ? frameworks.get(framework) : framework
  return importModel(
    store,
    {
      ...options,
      ...said,
      file,
      files: others,
      ...(known === undefined ? {} : { framework: known }),
      ...(Object.keys(signatures).length === 0 ? {} : { signatures }),
    },
    place,
  )
}

interface Found {
  readonly file: string
  /** Beside it at the top of the folder: as a tokenizer, or tensors of the model itself. */
  readonly others: readonly string[]
}

const extensions = new Set([
  '.onnx',
  '.json',
  '.ubj',
  '.txt',
  '.pkl',
  '.pt',
  '.pt2',
  '.keras',
  '.tflite',
  '.cbm',
])

async function findFiles(folder: string, { name, version }: BentomlModel): Promise<Found> {
  if (await isSavedModel(folder)) return { file: folder, others: [] }
  const paths = (await listFiles(folder)).filter((path) => path !== modelFile)
  const models = paths.filter((path) => extensions.has(extname(path)))
  const saved = models.filter((path) => /^saved_model\.\w+$/.test(basename(path)))
  const [main, ...more] = saved.length > 0 ? saved : models
  if (main === undefined || more.length > 0) {
    const what =
      main === undefined ? 'no file of a model' : `several: ${[main, ...more].join(', ')}`
    throw new BentoError('MODEL_UNSUPPORTED', `Model "${name}:${version}" has ${what}`, {
      hint: `Import the right file by itself, with --name ${name} --version ${version}.`,
    })
  }
  const isOther = (path: string): boolean => path !== main && !path.includes('/')
  // Tensors that an ONNX model keeps outside come along by themselves.
  const others = paths.filter((path) => isOther(path) && !/\.(?:data|onnx_data|bin)$/.test(path))
  return { file: join(folder, main), others: others.map((path) => join(folder, path)) }
}

/** The folders of all models of a BentoML home, or of its folder of models. Sorted. */
export async function findBentomlFolders(home: string): Promise<string[]> {
  for (const root of [join(home, 'models'), home]) {
    const found = await findVersions(root)
    if (found.length > 0) return found.toSorted()
  }
  throw new BentoError('FILE_NOT_FOUND', `There are no models of BentoML in "${home}"`, {
    hint: 'Give its home, as ~/bentoml.',
  })
}

async function findVersions(root: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await foldersOf(root)) {
    for (const version of await foldersOf(join(root, name))) {
      const folder = join(root, name, version)
      if ((await readdir(folder)).includes(modelFile)) found.push(folder)
    }
  }
  return found
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
