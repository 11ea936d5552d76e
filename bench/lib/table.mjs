const columns = [
  ['row', (row) => row.name],
  ['requests/s', (row) => row.requestsPerSecond.toFixed(0)],
  ['p50 ms', (row) => row.p50Ms.toFixed(2)],
  ['p99 ms', (row) => row.p99Ms.toFixed(2)],
  ['CPU µs/req', (row) => row.cpuMicrosPerRequest.toFixed(1)],
  ['× echo', (row) => row.cpuRatioToEcho?.toFixed(2) ?? '–'],
  ['open: rate/s', (row) => row.openLoop.rate.toFixed(0)],
  ['p50 ms', (row) => row.openLoop.p50Ms.toFixed(2)],
  ['p99 ms', (row) => row.openLoop.p99Ms.toFixed(2)],
  ['client late p99', (row) => row.openLoop.clientLateP99Ms.toFixed(2)],
  ['first answer ms', (row) => row.firstAnswerMs.toFixed(0)],
  ['idle CPU %', (row) => row.idlePercent.toFixed(2)],
  ['PSS MB', (row) => row.pssMegabytes.toFixed(0)],
  ['of the worker', (row) => row.workerPssMegabytes.toFixed(0)],
]

export function renderTable(rows) {
  const cells = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, of]) => of(row))),
  ]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)))
  const pad = (text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))
  return cells.map((line) => line.map(pad).join('  ')).join('\n')
}

export function renderBars(bars) {
  return bars
    .map(({ bar, value, isMet }) => `${isMet ? 'PASS' : 'FAIL'}  ${bar}: ${value.toFixed(2)}`)
    .join('\n')
}
