const firstAnswerLimitMs = 500
const idleLimitPercent = 0.5
const mlpLimit = 3.5

/** What the figures have to reach, for the rows that were measured. */
export function judge(rows, connections) {
  const served = rows.filter((row) => row.name !== 'echo')
  const bars = served.flatMap((row) => [
    {
      bar: `${row.name}: first answer ≤ ${firstAnswerLimitMs} ms`,
      value: row.firstAnswerMs,
      isMet: row.firstAnswerMs <= firstAnswerLimitMs,
    },
    {
      bar: `${row.name}: idle CPU < ${idleLimitPercent} %`,
      value: row.idlePercent,
      isMet: row.idlePercent < idleLimitPercent,
    },
  ])
  const ratio = rows.find((row) => row.name === 'mlp')?.cpuRatioToEcho
  if (ratio === undefined || connections !== 64) return bars
  const bar = `mlp: CPU per request at 64 connections ≤ ${mlpLimit} × echo`
  return [...bars, { bar, value: ratio, isMet: ratio <= mlpLimit }]
}
