import { escapeMarkup } from './escape-markup.ts'

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Axes {
  readonly x: string
  readonly y: string
  /** Marks on the x axis; absent: its two ends. */
  readonly ticks?: readonly { readonly at: number; readonly label: string }[]
}

const width = 640
const height = 260
const margin = { left: 56, right: 12, top: 18, bottom: 34 }
const colours = ['#2f7ed8', '#d9822b']

/** Lines in a frame, as SVG. */
export function plotLines(lines: readonly Line[], { x, y, ticks }: Axes): string {
  const all = lines.flatMap(({ points }) => points)
  const xs = all.map(([at]) => at)
  const [low, high] = [Math.min(0, ...xs), Math.max(1e-9, ...xs)]
  const top = Math.max(1e-9, ...all.map(([, value]) => value))
  const toX = (at: number): number =>
    scale((at - low) / (high - low), margin.left, width - margin.right)
  const toY = (value: number): number => scale(value / top, height - margin.bottom, margin.top)
  const marks = ticks ?? [low, high].map((at) => ({ at, label: String(Math.round(at)) }))
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`${y} over ${x}`)}">`,
    `<path class="axis" fill="none" d="M${toX(low)} ${toY(top)}V${toY(0)}H${toX(high)}"/>`,
    ...[0, top / 2, top].map((value) =>
      label(margin.left - 6, toY(value) + 4, [value.toPrecision(2), 'end']),
    ),
    ...marks.map(({ at, label: text }) => label(toX(at), height - 18, [text, 'middle'])),
    label(margin.left, 12, [y, 'start']),
    label(width - margin.right, height - 4, [x, 'end']),
    ...lines.map(({ points }, at) => {
      const path = points.map(([px, py]) => `${round(toX(px))},${round(toY(py))}`).join(' ')
      return `<polyline stroke="${colours[at]}" points="${path}"/>`
    }),
    ...lines.map(({ name }, at) => legend(name, at)),
    '</svg>',
  ].join('\n')
}

function scale(share: number, from: number, to: number): number {
  return from + share * (to - from)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function label(x: number, y: number, [text, anchor]: readonly [string, string]): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`
}

function legend(name: string, at: number): string {
  const x = margin.left + 24 + at * 70
  const line = `<path stroke="${colours[at]}" stroke-width="2" d="M${x} 10h16"/>`
  return line + label(x + 20, 14, [name, 'start'])
}
