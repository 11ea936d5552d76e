import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openBentoStore } from '../../src/store/bento-store.ts'
import type { BentoModel } from '../../src/store/manifest.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { bentoManifest } from '../store/manifests.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { runBento } from './run-bento.ts'

/** A folder whose store has these bentos, each made a while after the one before. */
export async function cwdWithBentos(
  tags: readonly string[],
  models: readonly BentoModel[] = [],
): Promise<string> {
  const cwd = await temporaryFolder()
  for (const [at, tag] of tags.entries()) {
    const [name = '', version = ''] = tag.split(':')
    const now = (): Date => new Date(Date.UTC(2026, 0, 1 + at))
    const store = openBentoStore(join(cwd, 'home'), { now })
    const staging = await store.stage()
    await writeFile(join(staging.path, 'README.md'), `# ${name}\n`)
    await store.commit(staging, { ...bentoManifest, name, version, models })
  }
  return cwd
}

/** A folder with a tiny model file, `tiny.onnx`. */
export async function cwdWithModelFile(): Promise<string> {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'tiny.onnx'), identityModel('float32'))
  return cwd
}

/** A folder whose store has the model under these tags. */
export async function cwdWithModels(tags: readonly string[]): Promise<string> {
  const cwd = await cwdWithModelFile()
  for (const tag of tags) {
    const [name = '', version = ''] = tag.split(':')
    const line = `models import tiny.onnx --name ${name} --version ${version}`
    const { code, stderr } = await runBento(line, { cwd })
    if (code !== 0) throw new Error(stderr)
  }
  return cwd
}
