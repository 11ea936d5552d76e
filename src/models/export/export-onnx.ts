import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError } from '../../errors.ts'
import { writeAtomically } from '../../lib/files.ts'
import type { ModelEntry, ModelStore } from '../../store/model-store.ts'
import { resolveDestination } from '../../store/transfer.ts'
import { decodeTrees } from '../runtimes/trees/file.ts'
import { renderOnnx, whyNotOnnx } from './trees-to-onnx.ts'

/** Writes a model as one ONNX file and returns its path. Throws MODEL_UNSUPPORTED where ONNX would answer otherwise. */
export async function exportOnnx(
  store: ModelStore,
  tag: string,
  destination: string,
): Promise<string> {
  const entry = await store.require(tag)
  const { name, version, manifest, path } = entry
  const target = await resolveDestination(destination, `${name}-${version}.onnx`)
  const main = join(path, manifest.main)
  if (manifest.runtime === 'onnx') await copyWhole(entry, main, target)
  else await writeAtomically(target, await convert(entry, main))
  return target
}

async function copyWhole(
  { tag, manifest }: ModelEntry,
  main: string,
  target: string,
): Promise<void> {
  // Companion files are no part of an ONNX model; tensors in files of their own are.
  const others = manifest.files.filter(({ path }) => path !== manifest.main)
  if (others.length === 0) return copyFile(main, target)
  const names = others.map(({ path }) => path).join(', ')
  throw unsupported(tag, `it has other files too: ${names}`)
}

async function convert({ tag, name, manifest }: ModelEntry, main: string): Promise<Uint8Array> {
  if (manifest.runtime !== 'trees') throw unsupported(tag, `it runs on ${manifest.runtime}`)
  const model = decodeTrees(await readFile(main), main)
  const reason = whyNotOnnx(model)
  if (reason !== undefined || model.kind !== 'forest') throw unsupported(tag, reason ?? model.kind)
  return renderOnnx(model, name)
}

function unsupported(tag: string, reason: string): BentoError {
  return new BentoError('MODEL_UNSUPPORTED', `"${tag}" cannot be one ONNX file: ${reason}`, {
    hint: 'Leave --format out: an archive of bento holds every model as it is.',
  })
}
