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

/** What each reason for sending a batch means. */
const reasons: Readonly<Record<string, string>> = {
  full: 'it was full',
  knee: 'more rows would not have been faster for each',
  herd: 'all who were expected had come',
  'hold-expired': 'waiting longer would not have paid',
  idle: 'nobody else was coming',
  deadline: 'a deadline was near',
  drain: 'the server was shutting down',
}

export function explainBatch(batch: string): string {
  const [rows = '', reason = ''] = batch.split(', ')
  return `${rows === '1 rows' ? '1 row' : rows} in its batch, sent because ${reasons[reason] ?? reason}`
}

export function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`
}
