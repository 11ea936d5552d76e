import { reasonText } from '../shared/timing-text.ts'

/** Where the time of a request went, as `Server-Timing` says it. */
export interface Timing {
  readonly parts: readonly { readonly name: string; readonly ms: number }[]
  /** As `3 rows, full`. */
  readonly batch: string | undefined
}

/** Undefined when the server says nothing. */
export function readTiming(header: string | null): Timing | undefined {
  if (header === null) return undefined
  const entries = header.split(/, (?=[a-z]+;)/)
  const parts = entries.flatMap((entry) => {
    const [, name, ms] = /^([a-z]+);dur=([\d.]+)$/.exec(entry) ?? []
    return name === undefined ? [] : [{ name, ms: Number(ms) }]
  })
  const [, batch] = /batch;desc="([^"]*)"/.exec(header) ?? []
  return { parts, batch }
}

/** As the header says it, in a sentence. */
export function explainBatch(batch: string): string {
  const [rows = '', reason = ''] = batch.split(', ')
  return `${rows === '1 rows' ? '1 row' : rows} in its batch, sent because ${reasonText(reason)}`
}
