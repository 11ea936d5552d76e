import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Finds an npm package: from this module's own place first, which inside a bento is the bundle's, then from `roots`.
 * Returns the absolute path of its entry, or undefined.
 */
export function resolvePackage(name: string, roots: readonly string[]): string | undefined {
  for (const place of [import.meta.url, ...roots.map((root) => join(root, 'package.json'))]) {
    try {
      return createRequire(place).resolve(name)
    } catch {
      // Not reachable from here; the next place may have it.
    }
  }
  return undefined
}

/** Imports an npm package found by `resolvePackage`, or returns undefined where there is none. */
export async function importPackage(name: string, roots: readonly string[]): Promise<unknown> {
  const file = resolvePackage(name, roots)
  if (file === undefined) return undefined
  const module: unknown = await import(pathToFileURL(file).href)
  return hasDefault(module) ? module.default : module
}

// A CommonJS package arrives whole in `default`; its named exports are only those that a lexer could guess.
function hasDefault(module: unknown): module is { default: unknown } {
  return typeof module === 'object' && module !== null && 'default' in module
}
