import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { ignore } from '../../lib/functions.ts'

/*
 * A worker's counters, in a file of its own, so that they survive SIGKILL: what was written before an answer
 * went out is in the page cache, whatever happens to the process. The supervisor reads the files of the living
 * and the dead, and sums.
 *
 *   block     ┌ u32 length of the block ─ u32 length of the descriptor ┐
 *             │ descriptor, JSON, padded to 8 bytes                    │
 *             └ f64 values …                                           ┘
 */

/** What one block counts: a kind known to the renderer, and its labels. */
export interface SeriesKey {
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
}

export interface SeriesValues extends SeriesKey {
  readonly values: readonly number[]
}

/** The values of one series in memory. Change `values`, then save them before the answer is written. */
export interface Series {
  readonly values: Float64Array
  /** Writes the values through, now. */
  save(): void
  /**
   * Resolves when the values are written, once for all changes until the event loop goes on: the answers of a batch
   * come together, and a system call for each would be a twentieth of what a request costs.
   */
  saved(): Promise<void>
}

const headerBytes = 8

export class CounterFile {
  readonly #fd: number | undefined
  readonly #onUnwritten: (reason: unknown) => void
  readonly #series = new Map<string, Series>()
  readonly #changed = new Set<Series>()
  #saving: Promise<void> | undefined
  #end = 0
  #isUnwritten = false

  /**
   * A disk that is full fails no answer: what cannot be written stays in memory until it can be. `onUnwritten` hears of
   * it once.
   */
  constructor(path: string, onUnwritten: (reason: unknown) => void = ignore) {
    this.#onUnwritten = onUnwritten
    this.#fd = this.#attempt(() => openSync(path, 'w', 0o600))
  }

  /** The series of this key, with `size` values; made at its first use. */
  series(key: SeriesKey, size: number): Series {
    const id = JSON.stringify([key.kind, key.labels])
    const known = this.#series.get(id)
    if (known) return known
    const series = this.#append(Buffer.from(id), size)
    this.#series.set(id, series)
    return series
  }

  close(): void {
    this.#saveChanged()
    if (this.#fd !== undefined) closeSync(this.#fd)
  }

  #saveSoon(series: Series): Promise<void> {
    this.#changed.add(series)
    return (this.#saving ??= this.#saveAfterTurn())
  }

  async #saveAfterTurn(): Promise<void> {
    await new Promise<void>((resolve) => process.nextTick(resolve))
    this.#saving = undefined
    this.#saveChanged()
  }

  #saveChanged(): void {
    for (const series of this.#changed) series.save()
    this.#changed.clear()
  }

  #append(descriptor: Buffer, size: number): Series {
    const values = new Float64Array(size)
    const bytes = new Uint8Array(values.buffer)
    let offset = this.#place(descriptor, bytes)
    const series: Series = {
      values,
      save: () => {
        if (offset === undefined) offset = this.#place(descriptor, bytes)
        else this.#write(bytes, offset)
      },
      saved: () => this.#saveSoon(series),
    }
    return series
  }

  /** Writes a block and says where its values are; undefined while there is no room for it. */
  #place(descriptor: Buffer, values: Uint8Array): number | undefined {
    const fd = this.#fd
    if (fd === undefined) return undefined
    const start = headerBytes + padded(descriptor.length)
    const block = Buffer.alloc(start + values.length)
    block.writeUInt32LE(block.length, 0)
    block.writeUInt32LE(descriptor.length, 4)
    descriptor.copy(block, headerBytes)
    block.set(values, start)
    if (!this.#write(block, this.#end)) {
      // The rest of a block that is cut off must not be read as one.
      this.#attempt(() => ftruncateSync(fd, this.#end))
      return undefined
    }
    this.#end += block.length
    return this.#end - values.length
  }

  /** False when not all of it is written. */
  #write(bytes: Uint8Array, at: number): boolean {
    const fd = this.#fd
    if (fd === undefined) return false
    const written = this.#attempt(() => writeSync(fd, bytes, 0, bytes.length, at))
    // The last block of a disk takes a part, and no error says so.
    if (written !== undefined && written < bytes.length) this.#say(new Error('the disk is full'))
    return written === bytes.length
  }

  #attempt<Value>(work: () => Value): Value | undefined {
    try {
      return work()
    } catch (error) {
      this.#say(error)
      return undefined
    }
  }

  #say(reason: unknown): void {
    if (!this.#isUnwritten) this.#onUnwritten(reason)
    this.#isUnwritten = true
  }
}

/** What a counter file holds; nothing when there is no such file. */
export async function readCounterFile(path: string): Promise<SeriesValues[]> {
  return readBlocks(await readFile(path).catch(() => Buffer.alloc(0)))
}

/** The bytes of an open file, from its start. */
export function readWhole(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size)
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
}

/** Every whole block of a counter file. */
export function readBlocks(bytes: Buffer): SeriesValues[] {
  const series: SeriesValues[] = []
  let at = 0
  while (at + headerBytes <= bytes.length) {
    const length = bytes.readUInt32LE(at)
    if (length < headerBytes || at + length > bytes.length) break
    series.push(readBlock(bytes.subarray(at, at + length)))
    at += length
  }
  return series
}

function readBlock(block: Buffer): SeriesValues {
  const length = block.readUInt32LE(4)
  const text = block.toString('utf8', headerBytes, headerBytes + length)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because CounterFile wrote these bytes
  const [kind, labels] = JSON.parse(text) as [string, Record<string, string>]
  const values: number[] = []
  for (let at = headerBytes + padded(length); at < block.length; at += 8) {
    values.push(block.readDoubleLE(at))
  }
  return { kind, labels, values }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8
}
