/** Sums of the samples of each metric of a running bento, by name. */
export async function readMetrics(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  const sums = {}
  for (const line of (await response.text()).split('\n')) {
    const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line) ?? []
    if (name) sums[name] = (sums[name] ?? 0) + Number(value)
  }
  return sums
}

/** What the batches between two readings were like. */
export function batchesBetween(before, after) {
  const of = (name) => after[`bentoml_${name}`] - before[`bentoml_${name}`]
  const rows = of('runner_rows_total')
  return {
    rows,
    meanRows: rows / of('runner_adaptive_batch_size_count'),
    rowsPerBusySecond: rows / of('runner_busy_seconds_total'),
  }
}
