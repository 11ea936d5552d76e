const idleLimitPercent = 0.5
const workerLimitMegabytes = 110

/** What the figures of a table have to reach, for the rows that were measured. */
export function judge(rows) {
  const bars = rows
    .filter((row) => row.name !== 'echo')
    .map((row) => ({
      bar: `${row.name}: idle CPU < ${idleLimitPercent} %`,
      value: row.idlePercent,
      isMet: row.idlePercent < idleLimitPercent,
    }))
  const iris = rows.find((row) => row.name === 'iris')
  if (!iris) return bars
  const { workerPssMegabytes: value } = iris
  const bar = `iris: PSS of a worker ≤ ${workerLimitMegabytes} MB`
  return [...bars, { bar, value, isMet: value <= workerLimitMegabytes }]
}
