import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCounterFile, type SeriesValues, sumSeries } from '../observe/counter-file.ts'
import { seriesKinds } from '../observe/recorder.ts'

// What a worker that is gone has no more of.
const gauges = new Set<string>([seriesKinds.inProgress, seriesKinds.lag])

/** The counter files of one server's workers: its own folder, so that two servers never mix. */
export class Counters {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bento-counters-'))
  readonly #living = new Set<string>()
  #retired: Promise<readonly SeriesValues[]> = Promise.resolve([])
  #next = 0

  /** A file for a new worker. */
  assign(): string {
    const file = join(this.#folder, String(this.#next++))
    this.#living.add(file)
    return file
  }

  /** A worker has died: what it counted is kept, what it had under way is not under way any more. */
  retire(file: string): void {
    this.#living.delete(file)
    this.#retired = Promise.all([this.#retired, readCounterFile(file)]).then(([sum, dead]) => {
      rmSync(file, { force: true })
      return sumSeries([sum, dead.filter(({ kind }) => !gauges.has(kind))])
    })
  }

  /** The sum over the living and the dead. */
  async sum(): Promise<SeriesValues[]> {
    const living = await Promise.all([...this.#living].map(readCounterFile))
    return sumSeries([await this.#retired, ...living])
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
