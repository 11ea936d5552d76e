import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isBentoError, messageOf } from '../../errors.ts'
import type { BentoError } from '../../errors.ts'
import type { ModelEntry, ModelStore } from '../../store/model-store.ts'
import { parseName } from '../../store/tag.ts'
import { isSavedModel } from '../frameworks/tensorflow/framework.ts'
import { importModel } from '../save.ts'
import type { ImportModelOptions, Place } from '../save.ts'
import { archiveKindOf, importArchive } from './archive.ts'
import { findBentomlFolders, importBentomlFolder } from './bentoml-folder.ts'
import type { ReadingOptions } from './bentoml-folder.ts'
import { readBentoml } from './bentoml-manifest.ts'
import { downloadFromHub } from './hugging-face.ts'
import type { HubReference } from './hugging-face.ts'

/** What a source says of itself, so that options cannot. */
export type Source = 'file' | 'archive' | 'bentoml'

/** What there is at a path. A named framework makes any file a model: a pickle may be compressed too. */
export async function sourceOf(path: string, framework: string | undefined): Promise<Source> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return (await isPlainSavedModel(path)) ? 'file' : 'bentoml'
  // Opening a pipe would wait for a writer.
  if (found?.isFile() && framework === undefined && (await archiveKindOf(path))) return 'archive'
  return 'file'
}

/** BentoML puts its model.yaml beside the same files. */
async function isPlainSavedModel(folder: string): Promise<boolean> {
  return (await isSavedModel(folder)) && (await readBentoml(folder)) === undefined
}

/** Stores a model from an archive or a folder that says its name and all else itself. */
export async function importTagged(
  store: ModelStore,
  { path, ...options }: ReadingOptions & { readonly path: string },
  place: Place,
): Promise<ModelEntry> {
  const kind = await archiveKindOf(path).catch(() => undefined)
  if (kind === undefined) return importBentomlFolder(store, { ...options, folder: path }, place)
  return inFolder((folder) => importArchive(store, { ...options, file: path, kind, folder }, place))
}

/** Stores a model of the hub, with the commit that it is of. */
export function importFromHub(
  store: ModelStore,
  {
    reference,
    ...options
  }: Omit<ImportModelOptions, 'file'> & { readonly reference: HubReference },
  place: Place,
): Promise<ModelEntry> {
  return inFolder(async (folder) => {
    const { file, companions, repository, commit } = await downloadFromHub(reference, {
      folder,
      env: place.env,
    })
    const source = { source: `hf://${repository}@${commit}` }
    return importModel(
      store,
      {
        ...options,
        file,
        name: options.name ?? nameOf(repository),
        files: [...companions, ...(options.files ?? [])],
        metadata: { ...source, ...options.metadata },
      },
      place,
    )
  })
}

function nameOf(repository: string): string {
  const name = repository.split('/').at(-1) ?? ''
  return parseName(name.toLowerCase())
}

/** What became of one model of many. */
export interface Moved {
  readonly folder: string
  readonly tag?: string
  readonly refused?: BentoError
}

/** Stores all models of a BentoML home. One that is refused does not hold up the others. */
export async function importAll(
  store: ModelStore,
  { home, ...options }: ReadingOptions & { readonly home: string },
  place: Place,
): Promise<Moved[]> {
  const moved: Moved[] = []
  for (const folder of await findBentomlFolders(home)) {
    try {
      const { tag } = await importBentomlFolder(store, { ...options, folder }, place)
      moved.push({ folder, tag })
    } catch (error) {
      if (!isBentoError(error)) throw new Error(messageOf(error), { cause: error })
      moved.push({ folder, refused: error })
    }
  }
  return moved
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bento-import-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
