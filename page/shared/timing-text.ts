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

export function reasonText(reason: string): string {
  return reasons[reason] ?? reason
}

export function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`
}
