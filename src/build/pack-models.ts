import { copyFile, constants, link, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError } from '../errors.ts'
import { digestFiles } from '../store/digest.ts'
import { modelFile } from '../store/manifest-files.ts'
import type { BentoModel } from '../store/manifest.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'

/** A model that a service needs: as it asks for it, and what that is today. */
export interface WantedModel {
  readonly requested: string
  readonly entry: ModelEntry
}

/** Finds every model in the store. Throws MODEL_NOT_FOUND. */
export async function findModels(
  store: ModelStore,
  tags: Iterable<string>,
): Promise<WantedModel[]> {
  const wanted = [...new Set(tags)].toSorted()
  return Promise.all(
    wanted.map(async (requested) => ({ requested, entry: await store.require(requested) })),
  )
}

/** What bento.yaml says of a model; `path` is its folder, as seen from the bento. */
export function describeModel({ requested, entry }: WantedModel, path: string): BentoModel {
  const { manifest, tag } = entry
  return {
    requested,
    tag,
    runtime: manifest.runtime,
    main: manifest.main,
    signatures: manifest.signatures,
    digest: digestFiles(manifest.files),
    path,
  }
}

export function packedPath({ name, version }: ModelEntry): string {
  return `models/${name}/${version}`
}

/** Puts the models' files into a bento. Two tags of one model take its place once. */
export async function packModels(models: readonly WantedModel[], target: string): Promise<void> {
  const entries = new Map(models.map(({ entry }) => [entry.tag, entry]))
  for (const entry of entries.values()) {
    const files = [...entry.manifest.files.map((file) => file.path), modelFile]
    for (const file of files) {
      await linkOrCopy(join(entry.path, file), join(target, packedPath(entry), file))
    }
  }
}

// Files of both stores never change, so one copy on the disk is enough where both lie on one disk.
async function linkOrCopy(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  try {
    await link(source, target)
  } catch (error) {
    const mayCopy = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS'].some((code) =>
      isSystemError(error, code),
    )
    if (!mayCopy) throw error
    await copyFile(source, target, constants.COPYFILE_FICLONE)
  }
}
