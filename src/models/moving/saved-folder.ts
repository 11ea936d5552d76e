import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isBentoError, messageOf } from '../../errors.ts'
import {
  anything,
  either,
  flag,
  count,
  list,
  literal,
  number,
  object,
  optional,
  record,
  text,
} from '../../lib/shape.ts'
import type { ModelEntry, ModelStore } from '../../store/model-store.ts'
import type { ReadModel } from '../frameworks/framework.ts'
import { loadFramework } from '../frameworks/registry.ts'
import { readConverted, toCheck } from '../python/converted.ts'
import { fileName } from '../python/file-name.ts'
import type { Place } from '../save.ts'
import { companion } from '../store-files.ts'
import { storeModel } from '../store-model.ts'
import type { ReadingOptions } from './bentoml-folder.ts'

/** What `bento_models` writes at the head of its archives. */
export const savedFile = 'saved.json'

const saved = object({
  format: literal(1),
  name: text,
  version: text,
  framework: text,
  signatures: record(object({ batchable: flag, batch_dim: count })),
  labels: record(text),
  metadata: record(either(either(text, flag), number)),
  files: list(fileName),
  /** A file that bento reads itself. */
  original: optional(fileName),
  check: anything,
  /** What the wheel made of a model that only its framework can read. */
  converted: anything,
})

type Saved = ReturnType<typeof saved>

/** Stores a model that was saved from Python, once it answers as it did there. */
export async function importSavedFolder(
  store: ModelStore,
  { folder, tolerance }: ReadingOptions & { readonly folder: string },
  place: Place,
): Promise<ModelEntry> {
  const said = await readSaved(join(folder, savedFile))
  const model = await readModel(said, folder, place)
  const files = [...model.files, ...said.files.map((path) => companion(join(folder, path)))]
  const packageRoots = [place.cwd]
  return storeModel(store, { ...model, files }, { ...said, tolerance, packageRoots })
}

async function readSaved(file: string): Promise<Saved> {
  try {
    return saved(JSON.parse(await readFile(file, 'utf8')), '')
  } catch (error) {
    if (isBentoError(error)) throw error
    const message = `"${savedFile}" of the archive cannot be read: ${messageOf(error)}`
    throw new BentoError('ARCHIVE_INVALID', message, {
      hint: 'Save it again, or install a newer bentojs.',
      cause: error,
    })
  }
}

async function readModel(said: Saved, folder: string, { cwd }: Place): Promise<ReadModel> {
  if (said.original === undefined) return readConverted(said.converted, folder, cwd)
  const framework = await loadFramework(said.framework)
  const model = await framework.read(join(folder, said.original))
  return said.check === null ? model : { ...model, check: toCheck(said.check) }
}
