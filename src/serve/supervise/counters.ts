import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCounterFile, type SeriesValues } from '../observe/counter-file.ts'
import { seriesKinds } from '../observe/recorder.ts'
import { outlives, sumSeries } from '../observe/sum-series.ts'

/** What had become of a worker whose place another takes. */
const restartReasons = ['died', 'hung', 'recycled'] as const
export type RestartReason = (typeof restartReasons)[number]

/** The counter files of one server's workers: its own folder, so that two servers never mix. */
export class Counters {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bento-counters-'))
  readonly #living = new Set<string>()
  #retired: Promise<readonly SeriesValues[]> = Promise.resolve([])
  readonly #restarts = new Map<RestartReason, number>()
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
      return sumSeries([sum, dead.filter(outlives)])
    })
  }

  /** The sum over the living and the dead. */
  async sum(): Promise<SeriesValues[]> {
    const living = await Promise.all([...this.#living].map(readCounterFile))
    return [...sumSeries([await this.#retired, ...living]), ...this.#restartSeries()]
  }

  restarted(reason: RestartReason): void {
    this.#restarts.set(reason, (this.#restarts.get(reason) ?? 0) + 1)
  }

  #restartSeries(): SeriesValues[] {
    return restartReasons.map((reason) => ({
      kind: seriesKinds.restart,
      labels: { reason },
      values: [this.#restarts.get(reason) ?? 0],
    }))
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
