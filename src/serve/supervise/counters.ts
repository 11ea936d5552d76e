import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextTurn } from '../../lib/functions.ts'
import { readBlocks, readWhole, type SeriesValues } from '../observe/counter-file.ts'
import { seriesKinds } from '../observe/recorder.ts'
import { outlives, sumSeries } from '../observe/sum-series.ts'
import { claimServerFolder, makeServerFolder } from './server-folder.ts'

const prefix = 'bento-counters-'

/** What had become of a worker whose place another takes. */
const restartReasons = ['died', 'hung', 'recycled'] as const
export type RestartReason = (typeof restartReasons)[number]

/**
 * The counter files of one server's workers: its own folder, so that two servers never mix. They are open here too, so
 * that whoever clears temporary files away takes no counts along.
 */
export class Counters {
  readonly #folders = [makeServerFolder(prefix)]
  /** Descriptors, by path. */
  readonly #living = new Map<string, number>()
  #retired: readonly SeriesValues[] = []
  readonly #restarts = new Map<RestartReason, number>()
  #next = 0

  /** Says whose the folder is. Not before the service is ready: until then there is more to do. */
  claim(): Promise<void> {
    return claimServerFolder(this.#folders.at(-1) ?? '', prefix)
  }

  /** A file for a new worker; one that cannot be made is the worker's to complain of. */
  assign(): string {
    const path = this.#newPath()
    if (this.#keep(path)) return path
    this.#move()
    const other = this.#newPath()
    this.#keep(other)
    return other
  }

  /** A worker has died: what it counted is kept, what it had under way is not under way any more. */
  retire(path: string): void {
    const fd = this.#living.get(path)
    if (fd === undefined) return
    this.#living.delete(path)
    const dead = readBlocks(readWhole(fd))
    closeSync(fd)
    rmSync(path, { force: true })
    this.#retired = sumSeries([this.#retired, dead.filter(outlives)])
  }

  /** The sum over the living and the dead. */
  async sum(): Promise<SeriesValues[]> {
    // All at one moment: a worker that dies meanwhile is in neither part twice.
    const files = [...this.#living.values()].map(readWhole)
    const parts = [this.#retired]
    for (const file of files) {
      parts.push(readBlocks(file))
      await nextTurn()
    }
    return [...sumSeries(parts), ...this.#restartSeries()]
  }

  restarted(reason: RestartReason): void {
    this.#restarts.set(reason, (this.#restarts.get(reason) ?? 0) + 1)
  }

  #newPath(): string {
    return join(this.#folders.at(-1) ?? tmpdir(), String(this.#next++))
  }

  #keep(path: string): boolean {
    try {
      this.#living.set(path, openSync(path, 'w+', 0o600))
      return true
    } catch {
      return false
    }
  }

  /** Somebody has removed the folder. */
  #move(): void {
    try {
      mkdirSync(tmpdir(), { recursive: true })
      this.#folders.push(makeServerFolder(prefix))
      void this.claim()
    } catch {
      // No room for a folder either.
    }
  }

  #restartSeries(): SeriesValues[] {
    return restartReasons.map((reason) => ({
      kind: seriesKinds.restart,
      labels: { reason },
      values: [this.#restarts.get(reason) ?? 0],
    }))
  }

  remove(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}
