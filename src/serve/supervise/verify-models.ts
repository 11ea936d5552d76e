import { join, resolve } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import { digestFile } from '../../lib/files.ts'
import type { FileDigest } from '../../lib/files.ts'
import type { ModelInfo } from '../../service/model-host.ts'
import { digestFiles } from '../../store/digest.ts'
import { readModelManifest } from '../../store/manifest-files.ts'
import type { BentoModel, ModelManifest } from '../../store/manifest.ts'

/**
 * Holds every file of the models against what was stored, before anything loads them. Throws MODEL_INVALID. Once for
 * all workers: what this costs is one reading of the files, which are in memory for the workers then. Returns what was
 * stored with each model, by the tag that the service asks for. `verified` ones, by folder, are not read again.
 */
export async function verifyModels(
  path: string,
  models: readonly BentoModel[],
  verified: ReadonlyMap<string, ModelInfo>,
): Promise<Record<string, ModelInfo>> {
  const byFolder = new Map(verified)
  const infos: Record<string, ModelInfo> = {}
  for (const model of models) {
    const folder = resolve(path, model.path)
    const info = byFolder.get(folder) ?? (await verifyModel(folder, model))
    byFolder.set(folder, info)
    infos[model.requested] = info
  }
  return infos
}

/** Holds one model against its digest. Throws MODEL_INVALID. */
export async function verifyModel(folder: string, { tag, digest }: BentoModel): Promise<ModelInfo> {
  const manifest = await readModelManifest(folder)
  const { files } = manifest
  if (digestFiles(files) !== digest) throw broken(tag, 'it is not the one that was asked for')
  for (const { path, sha256, size } of files) {
    const found = await readDigest(join(folder, path), tag)
    if (found.size === size && found.sha256 === sha256) continue
    throw broken(tag, `"${path}" is not the file that was stored`)
  }
  return toInfo(tag, manifest)
}

function toInfo(tag: string, manifest: ModelManifest): ModelInfo {
  const { framework, inputs, outputs, signatures, labels, metadata, context } = manifest
  const profile = manifest.profile?.points
  return {
    tag,
    framework,
    inputs,
    outputs,
    signatures,
    labels,
    metadata,
    context,
    ...(profile && { profile }),
  }
}

async function readDigest(file: string, tag: string): Promise<FileDigest> {
  return digestFile(file).catch((error: unknown) => {
    throw broken(tag, messageOf(error), error)
  })
}

function broken(tag: string, reason: string, cause?: unknown): BentoError {
  return new BentoError('MODEL_INVALID', `Model "${tag}" is broken: ${reason}`, {
    hint: 'Delete it and import it again; for a bento, build or import that again.',
    ...(cause === undefined ? {} : { cause }),
  })
}
