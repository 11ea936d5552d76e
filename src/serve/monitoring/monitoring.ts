import { resolve } from 'node:path'
import type { ServeOptions } from '../../config/service-options.ts'
import { messageOf } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../log/logger.ts'
import type { MonitorHost, MonitorRecord } from '../../service/monitor-host.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { FileSink } from './file-sink.ts'
import { logsUrl, OtlpSink } from './otlp-sink.ts'
import type { MonitorSink } from './sink.ts'

export interface MonitoringInput {
  readonly options: Pick<ServeOptions, 'monitoring'>
  readonly manifest: Pick<BentoManifest, 'name' | 'version' | 'service'>
  readonly worker: number
  readonly logger: Logger
  readonly clock: Clock
}

const warnEveryMs = 60_000

/** Takes what the service's code monitors, as `monitoring` says. */
export class Monitoring implements MonitorHost {
  readonly #input: MonitoringInput
  readonly #sink: MonitorSink
  readonly #said = new Set<string>()
  #lost = 0
  #warnedAt = -Infinity
  /** Why some were lost since that was said last. */
  #unsaid: unknown

  constructor(input: MonitoringInput) {
    this.#input = input
    this.#sink = this.#openSink()
  }

  isSampled(): boolean {
    const { sampleRate } = this.#input.options.monitoring
    return sampleRate >= 1 || Math.random() < sampleRate
  }

  write(record: MonitorRecord): void {
    this.#sink.write({ ...record, time: Date.now() })
  }

  warn(message: string): void {
    if (this.#said.has(message)) return
    this.#said.add(message)
    this.#input.logger.warn(message)
  }

  async flush(): Promise<void> {
    await this.#sink.flush()
    if (this.#unsaid !== undefined) this.#sayLost(this.#unsaid)
  }

  #openSink(): MonitorSink {
    const { options, manifest, worker, clock } = this.#input
    const { type, sampleRate, options: given } = options.monitoring
    const onLost = (records: number, reason: unknown): void => this.#lose(records, reason)
    const common = { worker, clock, onLost, bento: manifest }
    if (type === 'otlp') {
      const { headers } = given
      const endpoint = logsUrl(given.endpoint)
      return new OtlpSink({ ...common, endpoint, headers, sampleRate, service: manifest.service })
    }
    return new FileSink({
      ...common,
      folder: resolve(given.logPath),
      maxFileSize: given.maxFileSize,
    })
  }

  /** A full disk is said once, not with every record; how many were lost in all, at the end. */
  #lose(records: number, reason: unknown): void {
    this.#lost += records
    this.#unsaid = reason
    if (this.#input.clock.now() - this.#warnedAt >= warnEveryMs) this.#sayLost(reason)
  }

  #sayLost(reason: unknown): void {
    this.#warnedAt = this.#input.clock.now()
    this.#unsaid = undefined
    const fields = { lost: this.#lost, reason: messageOf(reason) }
    this.#input.logger.warn(fields, 'Monitored records were lost')
  }
}
