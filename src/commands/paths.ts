import { resolve } from 'node:path'

/** Absolute, and still ending in a slash when it did: that is how a person says "this is a folder". */
export function resolvePath(cwd: string, path: string): string {
  const absolute = resolve(cwd, path)
  return /[/\\]$/.test(path) && !absolute.endsWith('/') ? `${absolute}/` : absolute
}
