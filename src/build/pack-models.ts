import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { linkOrCopy } from '../lib/files.ts'
import { digestFiles } from '../store/digest.ts'
import { modelFile } from '../store/manifest-files.ts'
import type { BentoModel } from '../store/manifest.ts'
import type { ModelEntry } from '../store/model-store.ts'
import type { WantedModel } from './find-models.ts'

/** What bento.yaml says of a model; `path` is its folder, as seen from the bento. */
export function describeModel({ requested, entry, source }: WantedModel, path: string): BentoModel {
  const { manifest, tag } = entry
  return {
    requested,
    tag,
    runtime: manifest.runtime,
    main: manifest.main,
    signatures: manifest.signatures,
    digest: digestFiles(manifest.files),
    path,
    ...(source !== undefined && { source }),
  }
}

export function packedPath({ name, version }: ModelEntry): string {
  return `models/${name}/${version}`
}

/**
 * Puts the models' files into a bento; of one that is fetched at the start, only what it is. Two tags of one model take
 * its place once.
 */
export async function packModels(models: readonly WantedModel[], target: string): Promise<void> {
  const byTag = new Map(models.map((model) => [model.entry.tag, model]))
  for (const { entry, source } of byTag.values()) {
    const own = source === undefined ? entry.manifest.files.map((file) => file.path) : []
    for (const file of [...own, modelFile]) {
      const packed = join(target, packedPath(entry), file)
      await mkdir(dirname(packed), { recursive: true })
      await linkOrCopy(join(entry.path, file), packed)
    }
  }
}
