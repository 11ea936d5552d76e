import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inBatches } from '../lib/batches.ts'
import { copyPlainFile } from '../lib/files.ts'
import { isObject, readManifest } from './find-package.ts'

/** Folder of the bentojs package itself. */
const ownFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface OwnPackage {
  readonly version: string
  readonly engines: Readonly<Record<string, string>>
}

export async function readOwnPackage(): Promise<OwnPackage> {
  const manifest = await readManifest(ownFolder)
  const engines = isObject(manifest?.['engines']) ? manifest['engines'] : {}
  return {
    version: String(manifest?.['version']),
    engines: Object.fromEntries(
      Object.entries(engines).map(([name, range]) => [name, String(range)]),
    ),
  }
}

/** The files that make a bundle of a service, and say which esbuild does. */
export async function bundlerFiles(): Promise<string[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const names = await readdir(folder)
  const { resolve } = createRequire(import.meta.url)
  return [...names.map((name) => join(folder, name)), resolve('esbuild/package.json')]
}

/** The files of the pages that a service has, beside the bundle that serves them. */
export async function copyDocsPage(outDir: string): Promise<void> {
  const names = ['swagger-ui', 'page']
  await inBatches(names, (name) => copyFolder(`assets/${name}`, join(outDir, 'docs', name)))
}

/** Entry point of the image and what looks after its health, the same for every bento. */
export async function copyDockerFiles(target: string): Promise<void> {
  await copyFolder('templates/docker', target)
}

async function copyFolder(name: string, target: string): Promise<void> {
  const folder = join(ownFolder, name)
  const copy = (file: string): Promise<unknown> =>
    copyPlainFile(join(folder, file), join(target, file))
  await inBatches(await readdir(folder), copy)
}
