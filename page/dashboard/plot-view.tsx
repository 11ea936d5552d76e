import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import type { Plot } from './plots.ts'
import type { Reading } from './readings.ts'

const height = 160
const palette = {
  light: ['#0b5cad', '#b3001b', '#8a5a00', '#0a6b2d', '#6b2fa0', '#00707a', '#8f2b6b'],
  dark: ['#7cb8ff', '#ff8f98', '#f0c05a', '#7bd88f', '#cfa5ff', '#6fdbe5', '#ff9fd6'],
} as const
const inks = { light: '#55555e', dark: '#a9a9b4' } as const

interface PlotProps {
  readonly plot: Plot
  readonly readings: readonly Reading[]
  readonly theme: 'light' | 'dark'
}

/** A plot that moves on with each reading, and its last values as text. */
export function PlotView({ plot, readings, theme }: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<uPlot>(undefined)
  useEffect(() => {
    if (!place.current) return undefined
    const element = place.current
    const made = new uPlot(optionsOf(plot, theme, element.clientWidth), [[]], element)
    drawn.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [plot, theme])
  useEffect(() => {
    const lines = plot.lines.map(([, value]) => readings.map(value))
    drawn.current?.setData([readings.map(({ at }) => at), ...lines])
  }, [plot, theme, readings])
  return (
    <section class="plot" aria-label={plot.title}>
      <h2>{plot.title}</h2>
      <div ref={place} aria-hidden="true" />
      <dl class="legend">
        {plot.lines.map(([name, value], index) => (
          <div key={name}>
            <dt class={`line-${index}`}>{name}</dt>
            <dd>{lastText(readings.at(-1), value, plot.unit)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function lastText(
  reading: Reading | undefined,
  value: (reading: Reading) => number | null,
  unit: string,
): string {
  const last = reading && value(reading)
  if (last === null || last === undefined) return '–'
  return `${last < 10 ? Math.round(last * 100) / 100 : Math.round(last)} ${unit}`.trim()
}

function optionsOf(plot: Plot, theme: PlotProps['theme'], width: number): uPlot.Options {
  const axis: uPlot.Axis = { stroke: inks[theme], grid: { stroke: `${inks[theme]}40`, width: 1 } }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(high || 0, 1) * 1.1] } },
    axes: [axis, { ...axis, size: 50 }],
    series: [
      {},
      ...plot.lines.map(([label], index): uPlot.Series => ({
        label,
        stroke: palette[theme][index] ?? inks[theme],
        width: 2,
        points: { show: false },
      })),
    ],
  }
}
