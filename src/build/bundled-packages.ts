import { resolve } from 'node:path'
import type { Metafile } from 'esbuild'
import { byCodeUnit } from '../lib/order.ts'
import type { FoundPackage, PackageFinder } from './find-package.ts'

/** A package of others that is in the bundle, in whole or in part. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As its package.json says it. */
  readonly license?: string
}

/** The packages that gave something to a bundle, sorted by name and version. */
export async function bundledPackages(
  { outputs }: Metafile,
  find: PackageFinder,
  context: string,
): Promise<BundledPackage[]> {
  const found = new Map<string, BundledPackage>()
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = bytesInOutput > 0 ? await ownerOf(path, find, context) : undefined
      if (owner !== undefined) found.set(`${owner.name}@${owner.version}`, owner)
    }
  }
  return [...found].toSorted(([one], [other]) => byCodeUnit(one, other)).map(([, owner]) => owner)
}

/** Those of the runtime carry their names in their paths, as `bentojs:zod@4.6.7/index.js`. */
async function ownerOf(
  path: string,
  find: PackageFinder,
  context: string,
): Promise<BundledPackage | undefined> {
  const [, name, version] = /^bentojs:((?:@[^/]+\/)?[^/@]+)@([^/]+)\//.exec(path) ?? []
  if (name !== undefined && version !== undefined) return { name, version }
  if (path.startsWith('bentojs:') || !path.split('/').includes('node_modules')) return undefined
  const owner = await find(resolve(context, path))
  return owner && describe(owner)
}

function describe({ name, version, manifest }: FoundPackage): BundledPackage {
  const { license } = manifest
  return { name, version, ...(typeof license === 'string' && { license }) }
}
