import { readdir } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join, sep } from 'node:path'
import type { Plugin } from 'esbuild'
import { type FoundPackage, isObject, type PackageFinder, readManifest } from './find-package.ts'

/** Leaves native packages, and those that are called so, out of the bundle, and reports them. */
export function nativePlugin(
  findPackage: PackageFinder,
  report: (owner: FoundPackage) => void,
  called: readonly string[] = [],
): Plugin {
  const known = new Map<string, Promise<boolean>>()
  const judge = async (owner: FoundPackage): Promise<boolean> =>
    called.includes(owner.name) || isNative(owner)
  const isKnownNative = (owner: FoundPackage): Promise<boolean> => {
    const answer = known.get(owner.folder) ?? judge(owner)
    known.set(owner.folder, answer)
    return answer
  }
  return {
    name: 'native-packages',
    setup(build) {
      // Only what names a package: not a path, not an import of a package's own.
      build.onResolve({ filter: /^[^./#]/, namespace: 'file' }, async (args) => {
        if (args.pluginData === build || isBuiltin(args.path) || args.kind === 'entry-point') {
          return undefined
        }
        const { path, kind, importer, resolveDir } = args
        const found = await build.resolve(path, {
          kind,
          importer,
          resolveDir,
          namespace: 'file',
          pluginData: build,
        })
        if (found.external || found.errors.length > 0) return undefined
        if (!found.path.includes(`${sep}node_modules${sep}`)) return undefined
        const owner = await findPackage(found.path)
        if (owner === undefined || !(await isKnownNative(owner))) return undefined
        report(owner)
        return { path, external: true }
      })
    },
  }
}

/** Whether a package brings machine code: its own, to be compiled, or in packages for each platform. */
async function isNative({ folder, manifest }: FoundPackage): Promise<boolean> {
  if (manifest['gypfile'] === true) return true
  const files = await readdir(folder, { recursive: true })
  const own = files.filter((file) => !file.split(sep).includes('node_modules'))
  if (own.some((file) => file === 'binding.gyp' || file.endsWith('.node'))) return true
  return hasPlatformPackages({ folder, manifest })
}

async function hasPlatformPackages({
  folder,
  manifest,
}: Pick<FoundPackage, 'folder' | 'manifest'>): Promise<boolean> {
  const { optionalDependencies } = manifest
  if (!isObject(optionalDependencies)) return false
  for (const name of Object.keys(optionalDependencies)) {
    const installed = await findInstalled(name, folder)
    // An `os` alone is a convenience of one system, as fsevents; a `cpu` means that each platform has one.
    if (Array.isArray(installed?.['cpu'])) return true
  }
  return false
}

/** The package.json of an installed package, looked up as Node does. */
async function findInstalled(
  name: string,
  from: string,
): Promise<Record<string, unknown> | undefined> {
  const parts = from.split(sep)
  for (let end = parts.length; end > 0; end--) {
    if (parts[end - 1] === 'node_modules') continue
    const folder = join(parts.slice(0, end).join(sep) || sep, 'node_modules', name)
    const manifest = await readManifest(folder)
    if (manifest !== undefined) return manifest
  }
  return undefined
}
