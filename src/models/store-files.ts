import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BentoError } from '../errors.ts'
import { copyPlainFile, digestFile } from '../lib/files.ts'
import type { FileDigest } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import type { StoredFile } from '../store/digest.ts'
import { modelFile } from '../store/manifest-files.ts'
import type { ModelFile } from './frameworks/framework.ts'
import { sampleFile } from './runtimes/sample.ts'

/** A file that goes with a model under its own name. */
export function companion(file: string): ModelFile {
  return { source: file, target: basename(file) }
}

/** Copies them into a folder and returns what that holds, sorted. Throws LINK_REFUSED for links, hard ones too. */
export async function storeFiles(
  files: readonly ModelFile[],
  folder: string,
): Promise<StoredFile[]> {
  const sources = new Map<string, string | undefined>()
  const copied = new Map<string, StoredFile>()
  for (const file of files) {
    const { target } = file
    const source = 'source' in file ? file.source : undefined
    // Some file systems take names for one that differ in case alone.
    const key = target.toLowerCase()
    if (key === modelFile || (key === sampleFile && source !== undefined)) throw reserved(target)
    // A model may keep tensors in its own main file.
    if (sources.has(key) && sources.get(key) === source) continue
    if (sources.has(key)) throw taken(target)
    sources.set(key, source)
    copied.set(target, { path: target, ...(await storeFile(file, join(folder, target))) })
  }
  return [...copied.values()].toSorted((a, b) => byCodeUnit(a.path, b.path))
}

async function storeFile(file: ModelFile, path: string): Promise<FileDigest> {
  if ('source' in file) return copyPlainFile(file.source, path, { isOnlyName: true })
  await writeFile(path, file.content, { flag: 'wx', mode: 0o644 })
  return digestFile(path)
}

function taken(target: string): BentoError {
  return new BentoError('MODEL_INVALID', `Two files of the model would be stored as "${target}"`, {
    hint: 'Rename one of them.',
  })
}

function reserved(target: string): BentoError {
  return new BentoError('MODEL_INVALID', `"${target}" is the name of bento's own file`, {
    hint: 'Rename the file.',
  })
}
