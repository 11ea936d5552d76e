import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isBentoError, isSystemError, messageOf } from '../errors.ts'
import { syncPath, syncTree, pathExists } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'
import { closest } from '../lib/suggest.ts'
import { Blobs } from './blobs.ts'
import { replaceManifest, requireEqual } from './folder-content.ts'
import { createStaging, sweepStaging } from './staging.ts'
import type { Staging } from './staging.ts'
import type { Store, StoreEntry, StoreKind, StoreOptions } from './store.ts'
import { formatTag, parseName, parseTag, parseVersion } from './tag.ts'
import type { Tag } from './tag.ts'
import {
  listNames,
  listVersions,
  readPointer,
  readRecord,
  removeName,
  removeRecord,
  sizeOf,
  unsharedSize,
  writePointer,
  writeRecord,
} from './versions.ts'

interface Named {
  readonly name: string
  readonly version: string
}

/** The store of one kind of thing below a home folder. Nothing is created before the first commit. */
export class FolderStore<M extends Named> implements Store<M> {
  readonly #kind: StoreKind<M>
  readonly #root: string
  readonly #blobs: Blobs
  readonly #now: () => Date

  constructor(kind: StoreKind<M>, home: string, { now = () => new Date() }: StoreOptions = {}) {
    this.#kind = kind
    this.#root = join(home, kind.folder)
    this.#blobs = new Blobs(this.#root)
    this.#now = now
  }

  async find(text: string): Promise<StoreEntry<M> | undefined> {
    const tag = parseTag(text)
    const version = await this.#resolve(tag)
    return version === undefined ? undefined : this.#read(tag.name, version)
  }

  async require(text: string): Promise<StoreEntry<M>> {
    return (await this.find(text)) ?? this.#missing(text)
  }

  async list(
    text?: string,
    onBroken: (error: BentoError) => void = () => {},
  ): Promise<StoreEntry<M>[]> {
    const tags = await this.#select(text)
    const entries: StoreEntry<M>[] = []
    for (const { name, version } of tags) {
      try {
        entries.push(await this.#read(name, version))
      } catch (error) {
        onBroken(isBentoError(error) ? error : this.#broken(`${name}:${version}`, error))
      }
    }
    return entries.toSorted(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || byCodeUnit(a.tag, b.tag),
    )
  }

  async stage(): Promise<Staging> {
    try {
      const staging = await createStaging(this.#root)
      await this.#blobs.sweep()
      return staging
    } catch (error) {
      throw new BentoError('STORE_FAILED', `Cannot write to the store in "${this.#root}"`, {
        hint: 'Set BENTO_HOME to a folder that you may write to.',
        cause: error,
      })
    }
  }

  async commit(staging: Staging, manifest: M): Promise<StoreEntry<M>> {
    const name = parseName(manifest.name)
    const version = parseVersion(manifest.version)
    const content = await this.#kind.render({ ...manifest, name, version })
    await writeFile(join(staging.path, this.#kind.manifestFile), content)
    const target = join(this.#folder(name), version)
    // What is stored already has been brought to the disk, and is only compared.
    if (!(await pathExists(target))) await syncTree(staging.path)
    await this.#blobs.share(staging.path, this.#kind.shared(manifest))
    const size = await sizeOf(staging.path)
    const isNew = await this.#place(staging.path, this.#folder(name), version)
    if (!isNew) await requireEqual(staging.path, target, this.#kind)
    await this.#note(name, version, size)
    await staging.discard()
    return this.#read(name, version)
  }

  async amend(text: string, change: (manifest: M) => M): Promise<StoreEntry<M>> {
    const { name, version, path, manifest } = await this.require(text)
    const staging = await this.stage()
    try {
      const amended = { ...change(manifest), name, version }
      await replaceManifest(path, await this.#kind.render(amended), {
        staging: staging.path,
        file: this.#kind.manifestFile,
      })
    } finally {
      await staging.discard()
    }
    return this.#read(name, version)
  }

  async remove(text: string): Promise<number> {
    const { name, version } = await this.#requireVersion(text)
    const folder = this.#folder(name)
    const grave = await this.stage()
    let freed = 0
    try {
      // One rename, so that nobody ever finds half of it.
      await rename(join(folder, version), join(grave.path, version))
      freed = await unsharedSize(grave.path)
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error
    } finally {
      await grave.discard()
    }
    await removeRecord(folder, version)
    freed += await this.#blobs.sweep()
    if ((await this.#pointAtNewest(name)) === undefined) await removeName(folder)
    return freed
  }

  async sweep(): Promise<number> {
    // First what killed processes left half-written, which may hold names of blobs.
    await sweepStaging(this.#root)
    return this.#blobs.sweep()
  }

  #folder(name: string): string {
    return join(this.#root, name)
  }

  async #resolve(tag: Tag): Promise<string | undefined> {
    if (tag.version === undefined) return this.#latest(tag.name)
    const { version: wanted } = tag
    const versions = await listVersions(this.#folder(tag.name))
    if (versions.includes(wanted)) return wanted
    const matches = versions.filter((version) => version.startsWith(wanted))
    if (matches.length < 2) return matches[0]
    throw new BentoError(
      'TAG_AMBIGUOUS',
      `"${formatTag(tag)}" begins the version of ${matches.length} ${this.#kind.noun}s`,
      {
        hint: `Write more of it: ${matches.map((version) => `${tag.name}:${version}`).join(', ')}.`,
      },
    )
  }

  async #requireVersion(text: string): Promise<{ name: string; version: string }> {
    const tag = parseTag(text)
    const version = await this.#resolve(tag)
    return version === undefined ? this.#missing(text) : { name: tag.name, version }
  }

  async #select(text: string | undefined): Promise<{ name: string; version: string }[]> {
    const tag = text === undefined ? undefined : parseTag(text)
    if (tag && text?.includes(':')) {
      const version = await this.#resolve(tag)
      return version === undefined ? [] : [{ name: tag.name, version }]
    }
    const names = tag ? [tag.name] : await listNames(this.#root)
    const versions = names.map(async (name) =>
      (await listVersions(this.#folder(name))).map((version) => ({ name, version })),
    )
    return (await Promise.all(versions)).flat()
  }

  async #read(name: string, version: string): Promise<StoreEntry<M>> {
    const path = join(this.#folder(name), version)
    const manifest = await this.#kind.read(path)
    if (manifest.name !== name || manifest.version !== version) {
      const found = `${manifest.name}:${manifest.version}`
      throw this.#broken(`${name}:${version}`, new Error(`its manifest says "${found}"`))
    }
    const record = await readRecord(this.#folder(name), version, this.#kind.manifestFile)
    return { tag: `${name}:${version}`, name, version, path, ...record, manifest }
  }

  /** Renames the folder into its place. False when the place is taken. */
  async #place(from: string, folder: string, version: string): Promise<boolean> {
    const target = join(folder, version)
    for (;;) {
      await mkdir(folder, { recursive: true })
      try {
        await rename(from, target)
        await syncPath(folder)
        return true
      } catch (error) {
        if (await pathExists(target)) return false
        // Somebody removed the last other version, and the name with it, since `mkdir`.
        if (!isSystemError(error, 'ENOENT') || (await pathExists(folder))) throw error
      }
    }
  }

  async #note(name: string, version: string, size: number): Promise<void> {
    const folder = this.#folder(name)
    const others = (await listVersions(folder)).filter((other) => other !== version)
    const records = others.map((other) => readRecord(folder, other, this.#kind.manifestFile))
    const taken = (await Promise.all(records)).map((record) => record.createdAt)
    await writeRecord(folder, version, { createdAt: this.#now(), size, taken })
    await this.#pointAtNewest(name)
  }

  async #latest(name: string): Promise<string | undefined> {
    const pointer = await readPointer(this.#folder(name))
    if (pointer !== undefined && (await this.#isWhole(name, pointer))) return pointer
    return this.#pointAtNewest(name)
  }

  /**
   * Makes `latest` name the newest version. Two processes may do it at once: each looks again after it has written,
   * so whoever writes last has seen what the other added.
   */
  async #pointAtNewest(name: string): Promise<string | undefined> {
    const folder = this.#folder(name)
    for (;;) {
      const newest = await this.#newest(name)
      if (newest === undefined || (await readPointer(folder)) === newest) return newest
      const isWritten = await writePointer(folder, newest).then(
        () => true,
        // A store that can only be read, as in a container, or one whose name was removed meanwhile.
        () => false,
      )
      if (!isWritten) return newest
    }
  }

  async #newest(name: string): Promise<string | undefined> {
    let newest: { version: string; time: number } | undefined
    for (const version of await listVersions(this.#folder(name))) {
      if (!(await this.#isWhole(name, version))) continue
      const { createdAt } = await readRecord(this.#folder(name), version, this.#kind.manifestFile)
      const time = createdAt.getTime()
      if (!newest || time >= newest.time) newest = { version, time }
    }
    return newest?.version
  }

  #isWhole(name: string, version: string): Promise<boolean> {
    return pathExists(join(this.#folder(name), version, this.#kind.manifestFile))
  }

  async #missing(text: string): Promise<never> {
    const tag = parseTag(text)
    const { noun, notFound, listCommand } = this.#kind
    const versions = await listVersions(this.#folder(tag.name))
    const near = closest(tag.name, await listNames(this.#root))
    const guess = near === undefined ? '' : `Did you mean "${near}"? `
    const hint =
      versions.length > 0
        ? `Use one of its versions: ${versions.slice(0, 10).join(', ')}.`
        : `${guess}Run \`${listCommand}\` to see what there is.`
    throw new BentoError(notFound, `No ${noun} is tagged "${text}"`, { hint })
  }

  #broken(tag: string, cause: unknown): BentoError {
    const { invalid, noun } = this.#kind
    return new BentoError(invalid, `The ${noun} "${tag}" is broken: ${messageOf(cause)}`, {
      hint: 'Delete this version, then import or build it again.',
      cause,
    })
  }
}
