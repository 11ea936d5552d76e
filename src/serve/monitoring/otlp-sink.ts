import type { Clock } from '../../lib/clock.ts'
import { fieldsOf, toAnyValue } from './any-value.ts'
import type { MonitorSink, TimedRecord } from './sink.ts'

export interface OtlpSinkInput {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly service: string
  readonly worker: number
  readonly bento: { readonly name: string; readonly version: string }
  readonly sampleRate: number
  readonly clock: Clock
  readonly onLost: (records: number, reason: unknown) => void
}

const delayMs = 1000
const batchSize = 512
const maxWaiting = 8 * 1024 * 1024
const timeoutMs = 10_000

/** Records as OTLP logs: JSON over HTTP, several at a time. What a collector does not take is lost, not kept. */
export class OtlpSink implements MonitorSink {
  readonly #input: OtlpSinkInput
  /** As JSON: whoever logged a value may go on to change it. */
  readonly #records: string[] = []
  #length = 0
  #sent = Promise.resolve()
  #isWaiting = false

  constructor(input: OtlpSinkInput) {
    this.#input = input
  }

  write(record: TimedRecord): void {
    if (this.#length > maxWaiting) {
      this.#input.onLost(1, new Error('the collector is too slow'))
      return
    }
    this.#keep(record)
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#input.clock.after(delayMs, () => void this.flush())
  }

  #keep(record: TimedRecord): void {
    try {
      const text = JSON.stringify(this.#toLogRecord(record))
      this.#records.push(text)
      this.#length += text.length
    } catch (error) {
      // One that cannot be read takes no others along.
      this.#input.onLost(1, error)
    }
  }

  flush(): Promise<void> {
    this.#isWaiting = false
    this.#sent = this.#sent.then(() => this.#sendAll())
    return this.#sent
  }

  async #sendAll(): Promise<void> {
    while (this.#records.length > 0) {
      const batch = this.#records.splice(0, batchSize)
      this.#length -= batch.reduce((sum, { length }) => sum + length, 0)
      await this.#send(batch)
    }
  }

  async #send(records: readonly string[]): Promise<void> {
    const { endpoint, headers, onLost } = this.#input
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: this.#toRequest(records),
        signal: AbortSignal.timeout(timeoutMs),
      })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`the collector answered ${response.status}`)
    } catch (error) {
      onLost(records.length, error)
    }
  }

  #toRequest(records: readonly string[]): string {
    const { service, worker, bento } = this.#input
    const attributes = fieldsOf({
      'service.name': service,
      'service.namespace': bento.name,
      'service.version': bento.version,
      'service.instance.id': String(worker),
    })
    const resource = JSON.stringify({ attributes })
    const scopeLogs = `[{"scope":{"name":"bentojs.monitor"},"logRecords":[${records.join()}]}]`
    return `{"resourceLogs":[{"resource":${resource},"scopeLogs":${scopeLogs}}]}`
  }

  #toLogRecord({ monitor, columns, values, ids, time }: TimedRecord): object {
    const { bento, sampleRate } = this.#input
    const body = {
      ...values,
      timestamp: time / 1000,
      ...(ids && { request_id: ids.requestId, trace_id: ids.traceId }),
      bento_meta: {
        bento_name: bento.name,
        bento_version: bento.version,
        monitor_name: monitor,
        meta_sample_rate: sampleRate,
        schema: columns,
      },
    }
    const timeUnixNano = `${time}000000`
    return {
      timeUnixNano,
      observedTimeUnixNano: timeUnixNano,
      severityNumber: 9,
      severityText: 'INFO',
      body: toAnyValue(body),
      attributes: fieldsOf({ 'monitor.name': monitor }),
      ...(ids && { traceId: ids.traceId, spanId: ids.spanId, flags: ids.isSampled ? 1 : 0 }),
    }
  }
}

const logsPath = '/v1/logs'

/** A collector is often named without the path of its logs; the default is where OpenTelemetry looks for one. */
export function logsUrl(endpoint = 'http://localhost:4318'): string {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = logsPath
  return url.href
}
