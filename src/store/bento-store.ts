import { FolderStore } from './folder-store.ts'
import { bentoFile, readBentoManifest, renderBentoManifest } from './manifest-files.ts'
import type { BentoManifest } from './manifest.ts'
import type { Store, StoreEntry, StoreOptions } from './store.ts'

export type BentoStore = Store<BentoManifest>
export type BentoEntry = StoreEntry<BentoManifest>

/** The bentos below a home folder. */
export function openBentoStore(home: string, options: StoreOptions = {}): BentoStore {
  return new FolderStore(
    {
      folder: 'bentos',
      noun: 'bento',
      listCommand: 'bento list',
      manifestFile: bentoFile,
      read: readBentoManifest,
      render: renderBentoManifest,
      // Its models are links to those of the model store, where they come from there.
      lasting: (manifest) => manifest,
      shared: () => [],
      notFound: 'BENTO_NOT_FOUND',
      exists: 'BENTO_EXISTS',
      invalid: 'BENTO_INVALID',
    },
    home,
    options,
  )
}
