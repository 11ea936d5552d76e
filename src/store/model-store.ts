import { FolderStore } from './folder-store.ts'
import { modelFile, readModelManifest, renderModelManifest } from './manifest-files.ts'
import type { ModelManifest } from './manifest.ts'
import type { Store, StoreEntry, StoreOptions } from './store.ts'

export type ModelStore = Store<ModelManifest>
export type ModelEntry = StoreEntry<ModelManifest>

/** The models below a home folder. */
export function openModelStore(home: string, options: StoreOptions = {}): ModelStore {
  return new FolderStore(
    {
      folder: 'models',
      noun: 'model',
      listCommand: 'bento models list',
      manifestFile: modelFile,
      read: readModelManifest,
      render: renderModelManifest,
      lasting: (manifest) => ({ ...manifest, profile: undefined }),
      shared: (manifest) => manifest.files,
      notFound: 'MODEL_NOT_FOUND',
      exists: 'MODEL_EXISTS',
      invalid: 'MODEL_INVALID',
    },
    home,
    options,
  )
}
