import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError } from '../errors.ts'
import { syncPath } from '../lib/files.ts'
import { digestFiles, readFiles } from './digest.ts'
import type { StoreKind } from './store.ts'

interface Named {
  readonly name: string
  readonly version: string
}

/** Throws MODEL_EXISTS or BENTO_EXISTS where two folders of one tag do not hold the same. */
export async function requireEqual<M extends Named>(
  staged: string,
  stored: string,
  kind: StoreKind<M>,
): Promise<void> {
  const folders = [staged, stored]
  const [ours, theirs] = await Promise.all(folders.map(readFiles))
  if (digestFiles(ours ?? []) === digestFiles(theirs ?? [])) return
  const [our, their] = await Promise.all(folders.map((folder) => contentOf(folder, kind)))
  if (our === their) return
  const { name, version } = await kind.read(stored)
  throw new BentoError(
    kind.exists,
    `Another ${kind.noun} is already stored as "${name}:${version}"`,
    {
      hint: 'Choose another version, or delete that one first.',
    },
  )
}

async function contentOf<M>(folder: string, kind: StoreKind<M>): Promise<string> {
  const { manifestFile, read, render, lasting } = kind
  const files = (await readFiles(folder)).filter(({ path }) => path !== manifestFile)
  return `${digestFiles(files)}\n${await render(lasting(await read(folder)))}`
}

interface Replaced {
  readonly staging: string
  /** Name of the manifest. */
  readonly file: string
}

/** One rename: nobody reads half of it, and bentos that share the file on the disk keep theirs. */
export async function replaceManifest(
  folder: string,
  content: string,
  { staging, file }: Replaced,
): Promise<void> {
  const staged = join(staging, file)
  await writeFile(staged, content)
  await syncPath(staged)
  await rename(staged, join(folder, file))
  await syncPath(folder)
}
