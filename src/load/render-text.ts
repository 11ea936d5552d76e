import { type Measure, measures, renderMeasure } from './budgets.ts'
import { describeShape, type Report } from './report.ts'

const bar = '█'
const barWidth = 40
const rows = 12

/** For a person: what was measured, a plot of the latencies, and the budgets. */
export function renderText(report: Report): string {
  const { title, shape, load, measured, judged } = report
  const names = Object.keys(measures).filter((name): name is Measure => name in measured)
  return [
    title,
    `${describeShape(shape)}, ${load.seconds} s`,
    '',
    ...names.map((name) => `  ${name.padEnd(7)}${renderMeasure(name, measured[name] ?? 0)}`),
    ...[...load.errors].map(([problem, count]) => `  ${count} × ${problem}`),
    ...plot(report),
    ...(judged.length === 0 ? [] : ['', 'Budgets:']),
    ...judged.map(
      ({ budget, isKept, found }) => `  ${isKept ? '✔' : '✖'} ${budget.text}: ${found}`,
    ),
  ].join('\n')
}

function plot({ load: { latency } }: Report): string[] {
  if (latency.count === 0) return []
  const spread = latency.spread(rows)
  const most = Math.max(...spread.map(({ count }) => count))
  const lines = spread.map(({ upTo, count }) => {
    const length = Math.round((count / most) * barWidth)
    // What is there at all must be seen.
    const shown = bar.repeat(count > 0 ? Math.max(1, length) : 0)
    return `  ${upTo.toPrecision(3).padStart(8)} ms ${shown} ${count}`
  })
  return ['', 'Answered within:', ...lines]
}
