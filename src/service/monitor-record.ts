import type { LogIds } from '../log/log-ids.ts'
import type { LogScope } from '../log/render-line.ts'
import {
  boundMonitorHost,
  type MonitorColumn,
  type MonitorHost,
  type MonitorRole,
  type MonitorType,
} from './monitor-host.ts'

export interface MonitorField {
  /** Column of the value. Default: its role. */
  readonly name?: string
  readonly role: MonitorRole
  readonly type: MonitorType
}

/** What one call of `monitor` gathers: a row, or a row for each value that a column was given. */
export class OpenRecord {
  readonly #monitor: string
  readonly #ids: LogIds | undefined
  readonly #onFirst: (record: OpenRecord) => void
  #host: MonitorHost | undefined
  #columns = new Map<string, { column: MonitorColumn; values: unknown[] }>()
  #isOpen = false

  /** `onFirst` sees to it that the record is ended. */
  constructor(monitor: string, scope: LogScope, onFirst: (record: OpenRecord) => void) {
    this.#monitor = monitor
    this.#ids = isOne(scope) ? scope : undefined
    this.#onFirst = onFirst
  }

  log(value: unknown, field: MonitorField): void {
    this.logBatch([value], field)
  }

  logBatch(values: Iterable<unknown>, field: MonitorField): void {
    if (!this.#isOpen) this.#open()
    if (!this.#host) return
    const { role, type } = field
    const name = columnName(field.name ?? role)
    const known = this.#columns.get(name)
    const kept = Array.from(values, snapshot)
    if (known) known.values.push(...kept)
    else this.#columns.set(name, { column: { name, role, type }, values: kept })
  }

  end(): void {
    const host = this.#host
    const columns = [...this.#columns.values()]
    this.#isOpen = false
    this.#host = undefined
    this.#columns = new Map()
    if (!host || columns.length === 0) return
    const rows = Math.max(...columns.map(({ values }) => values.length))
    if (columns.some(({ values }) => values.length !== rows)) {
      host.warn(`Monitor "${this.#monitor}": columns of one record have different lengths`)
    }
    for (let row = 0; row < rows; row++) this.#write(host, columns, row)
  }

  [Symbol.dispose](): void {
    this.end()
  }

  #open(): void {
    const host = boundMonitorHost()
    this.#isOpen = true
    this.#host = host?.isSampled() ? host : undefined
    this.#onFirst(this)
  }

  #write(host: MonitorHost, columns: readonly Column[], row: number): void {
    const own = columns.filter(({ values }) => row < values.length)
    host.write({
      monitor: this.#monitor,
      columns: own.map(({ column }) => column),
      values: Object.fromEntries(own.map(({ column, values }) => [column.name, values[row]])),
      ids: this.#ids,
    })
  }
}

interface Column {
  readonly column: MonitorColumn
  readonly values: readonly unknown[]
}

/** A tensor's memory may be used again before the record is written. */
function snapshot(value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every view but a DataView is one
  return Array.from(value as ArrayBufferView & ArrayLike<unknown>)
}

// What a record has anyway.
const reserved = new Set(['timestamp', 'request_id', 'trace_id'])

function columnName(name: string): string {
  return reserved.has(name) ? `${name}_` : name
}

function isOne(scope: LogScope): scope is LogIds {
  return scope !== undefined && !Array.isArray(scope)
}
