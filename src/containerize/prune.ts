import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { npmPlatform, type Platform } from '../lib/platform.ts'

/** What no running service reads: types, maps, documentation. Licences stay. */
const unread = /(?:\.d\.[cm]?ts|\.map|\.tsbuildinfo|\.md|\.markdown)$/i
const license = /licen[cs]e|notice|copying/i

const systems = new Set(['linux', 'darwin', 'win32', 'android', 'freebsd'])
const processors = new Set(['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64'])

interface Target {
  readonly os: string
  readonly cpu: string
}

/** Takes away from a `node_modules` what the platform or a running service has no use for. */
export async function prunePackages(modules: string, platform: Platform): Promise<void> {
  await rm(join(modules, '.package-lock.json'), { force: true })
  await prune(modules, npmPlatform(platform))
}

async function prune(folder: string, target: Target): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) {
      if (unread.test(entry.name) && !license.test(entry.name)) await rm(path)
    } else if (isForeign(entry.name, target) && (await holdsOnlyBinaries(path))) {
      await rm(path, { recursive: true })
    } else {
      await prune(path, target)
    }
  }
}

/** Whether a folder's name stands for another platform: `win32`, `arm64`, `darwin-arm64`, `linux-x64-musl`. */
function isForeign(name: string, { os, cpu }: Target): boolean {
  const words = name.split(/[-+_]/)
  if (!words.every((word) => isPlatformWord(word))) return false
  return words.some(
    (word) =>
      word === 'musl' ||
      (systems.has(word) && word !== os) ||
      (processors.has(word) && word !== cpu),
  )
}

function isPlatformWord(word: string): boolean {
  return systems.has(word) || processors.has(word) || ['musl', 'glibc', 'gnu'].includes(word)
}

/** A folder of scripts may be named after a platform too, and be imported on all. */
async function holdsOnlyBinaries(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  return (
    files.some(({ name }) => /\.(node|so|dll|dylib|exe)(\.|$)/.test(name)) &&
    files.every(({ name }) => !/\.([cm]?js|json)$/.test(name))
  )
}
