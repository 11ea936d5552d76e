import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { BentoError, isBentoError } from '../errors.ts'
import type { BentoEntry, BentoStore } from './bento-store.ts'
import { digestFiles, readFiles } from './digest.ts'
import type { StoredFile } from './digest.ts'
import { modelFile, readBentoManifest, readModelManifest } from './manifest-files.ts'
import type { BentoModel, ModelManifest } from './manifest.ts'
import type { ModelEntry, ModelStore } from './model-store.ts'
import { packArchive } from './pack.ts'
import type { Store } from './store.ts'
import { archiveInvalid } from './tar-reader.ts'
import { unpackArchive } from './unpack.ts'

/** Writes a model into one file and returns its path. `destination` may be a file, a folder, or empty for here. */
export async function exportModel(
  store: ModelStore,
  tag: string,
  destination: string,
): Promise<string> {
  const { path, name, version, manifest } = await store.require(tag)
  const target = await resolveDestination(destination, `${name}-${version}.bentomodel`)
  await packArchive(path, target, [...manifest.files.map((file) => file.path), modelFile])
  return target
}

/** Writes a bento, with the models in it, into one file and returns its path. */
export async function exportBento(
  store: BentoStore,
  tag: string,
  destination: string,
): Promise<string> {
  const { path, name, version } = await store.require(tag)
  const target = await resolveDestination(destination, `${name}-${version}.bento`)
  await packArchive(path, target)
  return target
}

/** Puts the files of what is imported into an empty folder. */
type Fill = (folder: string) => Promise<void>

/** Stores a model from a file that `exportModel` wrote. */
export async function importModelArchive(store: ModelStore, file: string): Promise<ModelEntry> {
  await requireFile(file)
  return importModelFrom(store, file, (folder) => unpackArchive(file, folder))
}

/** Stores a model from files that `fill` brings; `name` says in errors where they are from. */
export function importModelFrom(store: ModelStore, name: string, fill: Fill): Promise<ModelEntry> {
  return importFilled(store, { name, fill }, async (folder) => {
    const manifest = await readModelManifest(folder)
    checkModelFiles(manifest, await readFiles(folder))
    return manifest
  })
}

/** Stores a bento from a file that `exportBento` wrote. The models in it must be those that it was built with. */
export async function importBento(store: BentoStore, file: string): Promise<BentoEntry> {
  await requireFile(file)
  return importBentoFrom(store, file, (folder) => unpackArchive(file, folder))
}

/** Stores a bento from files that `fill` brings; `name` says in errors where they are from. */
export function importBentoFrom(store: BentoStore, name: string, fill: Fill): Promise<BentoEntry> {
  return importFilled(store, { name, fill }, async (folder) => {
    const manifest = await readBentoManifest(folder)
    const files = await readFiles(folder)
    for (const model of manifest.models) await checkPackedModel(folder, model, files)
    return manifest
  })
}

async function importFilled<M>(
  store: Store<M>,
  { name, fill }: { readonly name: string; readonly fill: Fill },
  read: (folder: string) => Promise<M>,
): Promise<Awaited<ReturnType<Store<M>['commit']>>> {
  const staging = await store.stage()
  try {
    await fill(staging.path)
    return await store.commit(staging, await readUnpacked(name, () => read(staging.path)))
  } finally {
    await staging.discard()
  }
}

/** A broken manifest in an archive is the archive's fault, and its place in the staging folder tells nobody anything. */
async function readUnpacked<M>(file: string, read: () => Promise<M>): Promise<M> {
  try {
    return await read()
  } catch (error) {
    if (!isBentoError(error) || error.code === 'ARCHIVE_INVALID') throw error
    const manifest = /[^/\\]+\.yaml"/.exec(error.message)
    const reason = manifest ? `"${error.message.slice(manifest.index)}` : error.message
    throw archiveInvalid(`"${file}" cannot be imported: ${reason}`, error)
  }
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile()) return
  throw new BentoError('FILE_NOT_FOUND', `There is no file "${file}"`, {
    hint: 'Give the path of an exported archive.',
  })
}

/** Throws ARCHIVE_INVALID unless a model's files are those that its manifest lists. */
export function checkModelFiles(manifest: ModelManifest, all: readonly StoredFile[]): void {
  const found = all.filter(({ path }) => path !== modelFile)
  const isSame = digestFiles(found) === digestFiles(manifest.files)
  const hasMain = found.some(({ path }) => path === manifest.main)
  if (isSame && hasMain) return
  const tag = `${manifest.name}:${manifest.version}`
  throw archiveInvalid(`The files of model "${tag}" are not those that its ${modelFile} lists`)
}

async function checkPackedModel(
  folder: string,
  model: BentoModel,
  files: readonly StoredFile[],
): Promise<void> {
  const prefix = `${model.path}/`
  const own = files.filter(({ path }) => path.startsWith(prefix))
  // Only a path that the unpacked files have is ever opened, so that the manifest cannot name one outside.
  if (!own.some(({ path }) => path === `${prefix}${modelFile}`)) {
    throw archiveInvalid(`Model "${model.tag}" is missing from the bento`)
  }
  const manifest = await readModelManifest(join(folder, model.path))
  const found: StoredFile[] = []
  for (const { path, sha256, size } of own) {
    found.push({ path: path.slice(prefix.length), sha256, size })
  }
  // One that is fetched at the start is held to the same digest then.
  if (model.source === undefined) checkModelFiles(manifest, found)
  if (digestFiles(manifest.files) === model.digest) return
  throw archiveInvalid(`Model "${model.tag}" is not the one that the bento was built with`)
}

/** The file that is meant: `destination` may be a file, with the extension or without, a folder, or empty for here. */
export async function resolveDestination(destination: string, fileName: string): Promise<string> {
  const path = resolve(destination)
  const isFolder = destination === '' || /[/\\]$/.test(destination) || (await hasFolder(path))
  const target = isFolder ? join(path, fileName) : withExtension(path, fileName)
  if (await hasFolder(dirname(target))) return target
  throw new BentoError('FILE_NOT_FOUND', `There is no folder "${dirname(target)}"`, {
    hint: 'Make the folder first, or choose another.',
  })
}

function withExtension(path: string, fileName: string): string {
  const extension = fileName.slice(fileName.lastIndexOf('.'))
  const name = basename(path)
  return name.endsWith(extension) || name.endsWith('.gz') ? path : `${path}${extension}`
}

async function hasFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ?? false
}
