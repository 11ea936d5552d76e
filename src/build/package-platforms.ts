import { npmPlatform, type Platform } from '../lib/platform.ts'
import type { LockEntry } from './lockfile.ts'
import type { PlacedPackage } from './place-packages.ts'

/** Leaves out packages that npm would not install on the platform, as npm itself judges by `os`, `cpu` and `libc`. */
export function forPlatform(
  placed: ReadonlyMap<string, PlacedPackage>,
  platform: Platform | undefined,
): ReadonlyMap<string, PlacedPackage> {
  if (platform === undefined) return placed
  const target = npmPlatform(platform)
  return new Map([...placed].filter(([, { entry }]) => runsOn(entry, target)))
}

function runsOn(
  entry: LockEntry,
  target: Readonly<Record<'os' | 'cpu' | 'libc', string>>,
): boolean {
  const isOptional = entry['optional'] === true
  const allows = (key: 'os' | 'cpu' | 'libc'): boolean => isAllowed(entry[key], target[key])
  return !isOptional || (allows('os') && allows('cpu') && allows('libc'))
}

/** A list of names, or of names that are not, as `!win32`. */
function isAllowed(list: unknown, value: string): boolean {
  if (!Array.isArray(list)) return true
  const names = list.map(String)
  if (names.includes(`!${value}`)) return false
  const wanted = names.filter((name) => !name.startsWith('!'))
  return wanted.length === 0 || wanted.includes(value)
}
