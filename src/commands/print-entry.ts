import type { StoreEntry } from '../store/store.ts'
import type { Output } from './output.ts'

/** One thing of a store, as the `get` commands print it. */
export async function printEntry(
  entry: StoreEntry<unknown>,
  form: 'yaml' | 'json' | 'path' | 'tag',
  out: Output,
): Promise<void> {
  switch (form) {
    case 'yaml':
      return out.yaml(entry.manifest)
    case 'json':
      return out.json(entry.manifest)
    case 'path':
      return out.result(entry.path)
    case 'tag':
      return out.result(entry.tag)
  }
}
