import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { ignore } from '../../lib/functions.ts'
import { toJson } from '../../log/log-fields.ts'
import type { MonitorColumn } from '../../service/monitor-host.ts'
import { RotatingFile } from './rotating-file.ts'
import type { MonitorSink, TimedRecord } from './sink.ts'

export interface FileSinkInput {
  readonly folder: string
  readonly maxFileSize: number
  readonly worker: number
  readonly bento: { readonly name: string; readonly version: string }
  readonly clock: Clock
  readonly onLost: (lines: number, reason: unknown) => void
}

interface Files {
  readonly data: RotatingFile
  readonly schema: RotatingFile
  readonly columns: Map<string, MonitorColumn>
}

/**
 * BentoML's layout: for each monitor and worker a file of records and one of their columns, both JSON lines. A worker
 * begins with a line of columns, and adds one when there are more.
 */
export class FileSink implements MonitorSink {
  readonly #input: FileSinkInput
  readonly #monitors = new Map<string, Files>()

  constructor(input: FileSinkInput) {
    this.#input = input
  }

  write(record: TimedRecord): void {
    const files = this.#monitors.get(record.monitor) ?? this.#open(record.monitor)
    this.#describe(files, record.columns)
    const { values, ids, time } = record
    const line = {
      ...values,
      timestamp: new Date(time).toISOString(),
      ...(ids && { request_id: ids.requestId, trace_id: ids.traceId }),
    }
    files.data.write(`${toJson(line)}\n`)
  }

  async flush(): Promise<void> {
    const files = [...this.#monitors.values()].flatMap(({ data, schema }) => [data, schema])
    await Promise.all(files.map((file) => file.flush()))
  }

  #open(monitor: string): Files {
    const { folder, worker, maxFileSize, clock, onLost } = this.#input
    const open = (kind: string, lost: FileSinkInput['onLost']): RotatingFile => {
      const path = join(folder, folderOf(monitor), kind, `${kind}.${worker}.log`)
      return new RotatingFile({ path, maxSize: maxFileSize, clock, now: Date.now, onLost: lost })
    }
    // Columns are no records, and lost where those are.
    const files = { data: open('data', onLost), schema: open('schema', ignore), columns: new Map() }
    this.#monitors.set(monitor, files)
    return files
  }

  #describe({ schema, columns: known }: Files, columns: readonly MonitorColumn[]): void {
    const added = columns.filter(({ name }) => !known.has(name))
    if (added.length === 0) return
    for (const column of added) known.set(column.name, column)
    const { name, version } = this.#input.bento
    const line = {
      meta_data: { bento_name: name, bento_version: version },
      columns: [...known.values()],
    }
    schema.write(`${toJson(line)}\n`)
  }
}

/** A folder's name, whatever the monitor's is. */
function folderOf(monitor: string): string {
  return encodeURIComponent(monitor).replace(/^\.+$/, (dots) => dots.replaceAll('.', '%2E'))
}
