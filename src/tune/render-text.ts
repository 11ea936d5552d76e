import { adviseOn, type Advice, type Curve, type SizeAdvice } from './advise.ts'

const bar = '█'
const barWidth = 24

/** For a person: what each size costs and gives, the rates as a plot, and what follows of it. */
export function renderCurve(curve: Curve): string {
  const advice = adviseOn(curve)
  return [
    `${curve.kind === 'method' ? 'Method' : 'Model'} ${curve.name}`,
    ...(advice ? renderAdvice(curve, advice) : []),
    ...(curve.note === undefined ? [] : [`  ${curve.note}`]),
  ].join('\n')
}

function renderAdvice({ inForce }: Curve, advice: Advice): string[] {
  const { sizes, launchMs, perRowMs, knee, enough } = advice
  const largest = sizes.at(-1)?.rows ?? 1
  const seen = knee === undefined ? `beyond ${largest} rows` : `at ${rowsOf(knee)}`
  return [
    '',
    '  max_batch_size   ms a batch   worst ms     rows/s',
    ...sizes.map((size) => renderSize(size, inForce)),
    '',
    `  A batch takes about ${digits(launchMs)} ms and ${digits(perRowMs)} ms a row; the knee is ${seen}.`,
    `  ${rowsOf(enough)} give 95 % of the highest rate that was measured; ${inForce} is in force.`,
  ]
}

function renderSize(
  { rows, ms, worstMs, rowsPerSecond, share }: SizeAdvice,
  inForce: number,
): string {
  const name = `${rows}${rows === inForce ? ' *' : ''}`
  const figures = [digits(ms).padStart(13), digits(worstMs).padStart(11)].join('')
  const length = Math.max(1, Math.round(share * barWidth))
  const rate = String(Math.round(rowsPerSecond)).padStart(11)
  return `  ${name.padEnd(14)}${figures}${rate}  ${bar.repeat(length)}`
}

function rowsOf(rows: number): string {
  return `${rows} row${rows === 1 ? '' : 's'}`
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
