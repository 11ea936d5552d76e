import { BentoError } from '../errors.ts'
import { byCodeUnit } from '../lib/order.ts'
import { isObject } from './find-package.ts'
import { findPlace, type LockEntry, type Lockfile } from './lockfile.ts'

export interface PlacedPackage {
  /** Where it stands in the project's lock. */
  readonly source: string
  readonly entry: LockEntry
}

interface Dependency {
  readonly name: string
  readonly isOptional: boolean
}

/**
 * The closure of some packages, laid out anew below one node_modules: a project in a workspace has them in several.
 * Breadth first, each package as high as it can go, so that what is placed later never hides what was found before.
 */
export function placePackages(
  lock: Lockfile,
  names: readonly string[],
): Map<string, PlacedPackage> {
  const placed = new Map<string, PlacedPackage>()
  const required = new Set<string>()
  const queue: { place: string; isRequired: boolean }[] = []

  const add = (from: Position, { name, isOptional }: Dependency): void => {
    const source = findPlace((place) => lock.packages.has(place), from.source, name)
    if (source === undefined) {
      if (isOptional) return
      throw notPinned(lock, name)
    }
    const place = placeOf({ name, source, from: from.place })
    const isRequired = !isOptional && from.isRequired
    if (!placed.has(place)) placed.set(place, { source, entry: entryOf(lock, source) })
    else if (!isRequired || required.has(place)) return
    if (isRequired) required.add(place)
    queue.push({ place, isRequired })
  }

  const placeOf = (wanted: { name: string; source: string; from: string }): string => {
    const found = findPlace((place) => placed.has(place), wanted.from, wanted.name)
    if (found === undefined) return `node_modules/${wanted.name}`
    const isSame = isSamePackage(placed.get(found)?.entry, lock.packages.get(wanted.source))
    return isSame ? found : `${wanted.from}/node_modules/${wanted.name}`
  }

  for (const name of names) {
    add({ place: '', source: lock.place, isRequired: true }, { name, isOptional: false })
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { source, entry } = placed.get(next.place) ?? { source: '', entry: {} }
    for (const dependency of dependenciesOf(entry)) add({ ...next, source }, dependency)
  }
  return withOptional(placed, required)
}

interface Position {
  readonly place: string
  readonly source: string
  readonly isRequired: boolean
}

function notPinned(lock: Lockfile, name: string): BentoError {
  return new BentoError('LOCKFILE_MISSING', `"${lock.file}" does not pin "${name}"`, {
    hint: 'Run `npm install` in the project.',
  })
}

function dependenciesOf(entry: LockEntry): Dependency[] {
  const optional = keysOf(entry['optionalDependencies'])
  const peers = keysOf(entry['peerDependencies']).filter((name) => !isOptionalPeer(entry, name))
  const required = [...keysOf(entry['dependencies']), ...peers].filter(
    (name) => !optional.includes(name),
  )
  return [
    ...required.map((name) => ({ name, isOptional: false })),
    ...optional.map((name) => ({ name, isOptional: true })),
  ]
}

function isOptionalPeer(entry: LockEntry, name: string): boolean {
  const meta = entry['peerDependenciesMeta']
  const one = isObject(meta) ? meta[name] : undefined
  return isObject(one) && one['optional'] === true
}

function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : []
}

function isSamePackage(a: LockEntry | undefined, b: LockEntry | undefined): boolean {
  return (
    a?.['version'] === b?.['version'] &&
    a?.['name'] === b?.['name'] &&
    a?.['integrity'] === b?.['integrity']
  )
}

// Why a package was in the project says nothing of why it is in the bento.
const reasons = new Set(['dev', 'devOptional', 'optional', 'peer', 'extraneous'])

function entryOf(lock: Lockfile, place: string): LockEntry {
  const entry = lock.packages.get(place) ?? {}
  if (entry['link'] === true || isLocal(entry['resolved'])) {
    throw new BentoError(
      'BUILD_FAILED',
      `The native package at "${place}" comes from a folder of this machine`,
      {
        hint: 'Install it from a registry.',
      },
    )
  }
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !reasons.has(key)))
}

function isLocal(resolved: unknown): boolean {
  return typeof resolved === 'string' && resolved.startsWith('file:')
}

function withOptional(
  placed: ReadonlyMap<string, PlacedPackage>,
  required: ReadonlySet<string>,
): Map<string, PlacedPackage> {
  const sorted = [...placed].toSorted(([a], [b]) => byCodeUnit(a, b))
  return new Map(
    sorted.map(([place, one]) => [
      place,
      required.has(place) ? one : { ...one, entry: { ...one.entry, optional: true } },
    ]),
  )
}
