import { BentoError } from '../errors.ts'
import { byCodeUnit } from '../lib/order.ts'
import type { Platform } from '../lib/platform.ts'
import { isObject } from './find-package.ts'
import { findLockfile, findPlace, type LockEntry, type Lockfile, pinHint } from './lockfile.ts'
import { forPlatform } from './package-platforms.ts'
import { placePackages, type PlacedPackage } from './place-packages.ts'

export interface NativeInput {
  readonly context: string
  /** Name of the bento. */
  readonly name: string
  /** Names of the packages that the bundle leaves out. */
  readonly packages: readonly string[]
  /** `engines` of bentojs. */
  readonly engines: Readonly<Record<string, string>>
  /** `allowScripts` of the project: which install scripts its author allows. */
  readonly allowScripts: Readonly<Record<string, unknown>>
  /** A lock to read instead of the one that is found, relative to the project. */
  readonly lockfile?: string
  /** Versions that somebody asked for, by package. */
  readonly versions?: ReadonlyMap<string, string>
  /** Where packages come from: lines of an npmrc. */
  readonly registries?: string
  /** Packages for other platforms are left out. */
  readonly platform?: Platform
}

export interface NativeFiles {
  /** File names in the bento's folder, and their text. */
  readonly files: Readonly<Record<string, string>>
  /** As `onnxruntime-node@1.30.0`, what was asked for. */
  readonly pinned: readonly string[]
  /** All that is installed. */
  readonly placed: PlacedPackages
}

/** By place, as `node_modules/sharp`. */
export type PlacedPackages = ReadonlyMap<string, PlacedPackage>

/** What `npm ci` needs to install the packages that cannot be bundled, at the versions of the project's own lock. */
export async function pinNativePackages(input: NativeInput): Promise<NativeFiles> {
  const names = input.packages.toSorted(byCodeUnit)
  const lock = names.length === 0 ? emptyLock : await requireLockfile(input, names)
  const placed = forPlatform(placePackages(lock, names), input.platform)
  checkVersions(placed, lock, input.versions)
  const specs = names.map((name): [string, string] => [
    name,
    specOf(placed.get(`node_modules/${name}`)?.entry),
  ])
  const manifest = {
    name: input.name,
    private: true,
    type: 'module',
    engines: input.engines,
    dependencies: Object.fromEntries(specs),
    allowScripts: scriptsOf(
      [...placed.keys()],
      [...placed.values()].map((one) => one.entry),
      input,
    ),
  }
  const { name, dependencies, engines } = manifest
  const lockfile = {
    name,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name, dependencies, engines },
      ...Object.fromEntries([...placed].map(([place, one]) => [place, one.entry])),
    },
  }
  return {
    files: {
      'package.json': toText(manifest),
      'package-lock.json': toText(lockfile),
      '.npmrc': `${npmrcOf(names)}${input.registries ?? ''}`,
    },
    pinned: specs.map(([one, spec]) => `${one}@${spec}`),
    placed,
  }
}

const emptyLock: Lockfile = { file: '', packages: new Map(), place: '' }

async function requireLockfile(
  { context, lockfile }: NativeInput,
  names: readonly string[],
): Promise<Lockfile> {
  const list = names.map((name) => `"${name}"`).join(', ')
  const lock = await findLockfile(context, lockfile)
  if (lock === undefined) {
    throw new BentoError('LOCKFILE_MISSING', `No package-lock.json pins ${list} for "${context}"`, {
      hint: pinHint(context, names),
    })
  }
  const missing = names.filter(
    (name) => findPlace((place) => lock.packages.has(place), lock.place, name) === undefined,
  )
  if (missing.length === 0) return lock
  const first = missing.map((name) => `"${name}"`).join(', ')
  throw new BentoError('LOCKFILE_MISSING', `"${lock.file}" does not pin ${first}`, {
    hint: pinHint(context, missing),
  })
}

/** Somebody may write down a version; what is installed is still the lock's. */
function checkVersions(
  placed: ReadonlyMap<string, PlacedPackage>,
  { file }: Lockfile,
  versions: ReadonlyMap<string, string> = new Map(),
): void {
  for (const [name, wanted] of versions) {
    const pinned = String(placed.get(`node_modules/${name}`)?.entry['version'])
    if (pinned === wanted) continue
    throw new BentoError(
      'LOCKFILE_MISSING',
      `bentofile.yaml asks for "${name}@${wanted}", and "${file}" pins ${pinned}`,
      {
        hint: `Run \`npm install ${name}@${wanted}\` in the project.`,
      },
    )
  }
}

/** What package.json must say so that npm takes the lock's entry for it: a version, an alias or a commit. */
function specOf(entry: LockEntry | undefined): string {
  const { name, version, resolved } = entry ?? {}
  if (typeof resolved === 'string' && resolved.startsWith('git')) return resolved
  return typeof name === 'string' ? `npm:${name}@${String(version)}` : String(version)
}

/** Install scripts stay off unless the project's author allowed them: they fetch and compile as they like. */
function scriptsOf(
  places: readonly string[],
  entries: readonly LockEntry[],
  { allowScripts }: NativeInput,
): Record<string, unknown> {
  const names = places.filter((_, index) => entries[index]?.['hasInstallScript'] === true)
  const bare = names.map((place) =>
    place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
  )
  return Object.fromEntries(
    bare.toSorted(byCodeUnit).map((name) => [name, allowScripts[name] ?? false]),
  )
}

// Its install script only fetches CUDA, and npm before 11.16 does not know `allowScripts`.
function npmrcOf(names: readonly string[]): string {
  return names.includes('onnxruntime-node') ? 'onnxruntime-node-install=skip\n' : ''
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** The install scripts that a project's package.json allows. */
export function allowedScripts(
  manifest: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  const allowed = manifest?.['allowScripts']
  return isObject(allowed) ? allowed : {}
}
