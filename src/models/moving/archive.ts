import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathExists } from '../../lib/files.ts'
import { modelFile } from '../../store/manifest-files.ts'
import type { ModelEntry, ModelStore } from '../../store/model-store.ts'
import { readTar, defaultLimits } from '../../store/tar-reader.ts'
import { importModelArchive } from '../../store/transfer.ts'
import { unpackArchive } from '../../store/unpack.ts'
import { readHead } from '../frameworks/head.ts'
import { runScript } from '../python/run-script.ts'
import type { Place } from '../save.ts'
import { importBentomlFolder } from './bentoml-folder.ts'
import type { ReadingOptions } from './bentoml-folder.ts'
import { importSavedFolder, savedFile } from './saved-folder.ts'

export type ArchiveKind = 'gzip' | 'xz'

const heads: readonly (readonly [ArchiveKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
]

/** By the first bytes, since an archive may have been renamed: no model file begins so. */
export async function archiveKindOf(file: string): Promise<ArchiveKind | undefined> {
  const head = await readHead(file, 6)
  return heads.find(([, bytes]) => bytes.every((byte, at) => head[at] === byte))?.[0]
}

export interface ArchiveOptions extends ReadingOptions {
  readonly file: string
  readonly kind: ArchiveKind
  /** An empty folder to unpack in. */
  readonly folder: string
}

/** Stores a model from an archive of bento's own, of `bento_models`, or of BentoML. */
export async function importArchive(
  store: ModelStore,
  { file, kind, folder, ...options }: ArchiveOptions,
  place: Place,
): Promise<ModelEntry> {
  const archive = kind === 'gzip' ? file : await repack(file, folder, { ...options, ...place })
  if (kind === 'gzip' && !(await isForeign(file))) return importModelArchive(store, file)
  const content = join(folder, 'content')
  await mkdir(content)
  await unpackArchive(archive, content)
  const from = { ...options, folder: content }
  const isSaved = await pathExists(join(content, savedFile))
  return isSaved ? importSavedFolder(store, from, place) : importBentomlFolder(store, from, place)
}

/** BentoML's archives are compressed by xz, which Node cannot read; Python can, and who has them has it. */
async function repack(
  file: string,
  folder: string,
  options: ReadingOptions & Place,
): Promise<string> {
  const answer = await runScript({ framework: 'xz', file, folder }, options)
  return join(folder, String(answer))
}

/** The manifest is its first file; bento's own come last. */
async function isForeign(file: string): Promise<boolean> {
  for await (const { type, path } of readTar(file, defaultLimits)) {
    if (type === 'Directory') continue
    return [savedFile, modelFile].includes(path.replace(/^\.\//, ''))
  }
  return false
}
