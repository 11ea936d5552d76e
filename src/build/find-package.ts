import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The package that a file belongs to. */
export interface FoundPackage {
  readonly name: string
  readonly version: string
  readonly folder: string
  /** Its package.json. */
  readonly manifest: Readonly<Record<string, unknown>>
}

export type PackageFinder = (file: string) => Promise<FoundPackage | undefined>

/** Finds the owners of files, reading each package.json once. */
export function createPackageFinder(): PackageFinder {
  const known = new Map<string, Promise<FoundPackage | undefined>>()
  const find = (folder: string): Promise<FoundPackage | undefined> => {
    const found = known.get(folder) ?? findAt(folder, find)
    known.set(folder, found)
    return found
  }
  return (file) => find(dirname(file))
}

/** Walks up to the package.json that has a name: those without one only set the module type of a subfolder. */
async function findAt(
  folder: string,
  above: (folder: string) => Promise<FoundPackage | undefined>,
): Promise<FoundPackage | undefined> {
  const manifest = await readManifest(folder)
  if (typeof manifest?.['name'] === 'string') {
    return { name: manifest['name'], version: String(manifest['version']), folder, manifest }
  }
  return folder === dirname(folder) ? undefined : above(dirname(folder))
}

/** The package.json of a folder; undefined when there is none that can be read. */
export async function readManifest(folder: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseObject(text)
}

export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
