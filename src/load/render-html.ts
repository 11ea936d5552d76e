import { type Measure, measures, renderMeasure } from './budgets.ts'
import { escapeMarkup } from './escape-markup.ts'
import { plotLines, type Line } from './plot-lines.ts'
import { describeShape, type Report } from './report.ts'

/** A page that needs nothing else: tables, and plots as SVG. */
export function renderHtml(report: Report): string {
  const { title, shape, load, measured, judged } = report
  const names = Object.keys(measures).filter((name): name is Measure => name in measured)
  const figures = names.map((name) => row(name, renderMeasure(name, measured[name] ?? 0)))
  const errors = [...load.errors].map(([problem, count]) => row(problem, String(count)))
  const budgets = judged.map(({ budget, isKept, found }) =>
    row(`${isKept ? '✔' : '✖'} ${budget.text}`, found),
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup(`${describeShape(shape)}, ${load.seconds} s`)}</p>
<table>${[...figures, ...errors].join('')}</table>
${budgets.length === 0 ? '' : `<h2>Budgets</h2><table>${budgets.join('')}</table>`}
<h2>Latency by percentile</h2>
${plotLines(percentileLines(report), { x: 'percentile', y: 'ms', ticks: percentileTicks })}
<h2>Latency by second</h2>
${plotLines(secondLines(report), { x: 's', y: 'ms' })}
</main>
</html>
`
}

const style = `body{font:15px system-ui;margin:2rem auto;max-width:46rem;padding:0 1rem;color-scheme:light dark}
td{padding:.15rem 1.5rem .15rem 0}svg{width:100%;height:auto}text{font:11px system-ui;fill:currentColor}
.axis{stroke:currentColor;opacity:.4}polyline{fill:none;stroke-width:2}`

function row(name: string, value: string): string {
  return `<tr><td>${escapeMarkup(name)}</td><td>${escapeMarkup(value)}</td></tr>`
}

// Each step towards 100 % is as wide as the one before: what matters is at the end.
const shown = [0, 50, 75, 90, 95, 99, 99.5, 99.9]
const percentileTicks = shown.map((percent) => ({ at: stretch(percent), label: String(percent) }))

function stretch(percent: number): number {
  return -Math.log10(1 - percent / 100)
}

function percentileLines({ load: { latency } }: Report): Line[] {
  const points = Array.from({ length: 60 }, (_, at) => (at / 59) * 3)
  const percents = points.map((stretched) => 100 * (1 - 10 ** -stretched))
  return [
    {
      name: 'latency',
      points: percents.map((percent, at) => [points[at] ?? 0, latency.percentile(percent)]),
    },
  ]
}

function secondLines({ load: { bySecond } }: Report): Line[] {
  return [50, 99].map((percent) => ({
    name: `p${percent}`,
    points: bySecond.map((one, second) => [second, one.percentile(percent)]),
  }))
}
