import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

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
  readonly #fd: number
  readonly #series = new Map<string, Series>()
  readonly #changed = new Set<Series>()
  #saving: Promise<void> | undefined
  #end = 0

  constructor(path: string) {
    this.#fd = openSync(path, 'w', 0o600)
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
    closeSync(this.#fd)
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
    const offset = this.#end + headerBytes + padded(descriptor.length)
    const block = Buffer.alloc(offset - this.#end + size * 8)
    block.writeUInt32LE(block.length, 0)
    block.writeUInt32LE(descriptor.length, 4)
    descriptor.copy(block, headerBytes)
    writeSync(this.#fd, block, 0, block.length, this.#end)
    this.#end += block.length
    const values = new Float64Array(size)
    const bytes = new Uint8Array(values.buffer)
    const series: Series = {
      values,
      save: () => void writeSync(this.#fd, bytes, 0, bytes.length, offset),
      saved: () => this.#saveSoon(series),
    }
    return series
  }
}

/** Every whole block of a counter file; none when there is no such file. */
export async function readCounterFile(path: string): Promise<SeriesValues[]> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
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
