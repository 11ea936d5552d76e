import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'

/** What a budget may be about; each in its base unit: milliseconds, microseconds of CPU, bytes, or a plain number. */
export const measures = {
  p50: 'ms',
  p90: 'ms',
  p95: 'ms',
  p99: 'ms',
  'p99.9': 'ms',
  max: 'ms',
  mean: 'ms',
  start: 'ms',
  cpu: 'us',
  rss: 'B',
  errors: '',
  rate: '',
} as const

export type Measure = keyof typeof measures
export type Measured = Readonly<Partial<Record<Measure, number>>>

export interface Budget {
  readonly text: string
  readonly measure: Measure
  readonly operator: Operator
  readonly limit: number
}

type Operator = '<' | '<=' | '>' | '>=' | '='

const operators: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '=': (value, limit) => value === limit,
}

const units: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ms: { us: 1e-3, µs: 1e-3, ms: 1, s: 1000 },
  us: { us: 1, µs: 1, ms: 1000, s: 1e6 },
  B: { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  '': { '': 1 },
}

const example = "Write it as --assert 'p99<20ms, errors=0'."

/** `p99<20ms, errors=0` as budgets. Throws USAGE for what is none. */
export function parseBudgets(text: string): Budget[] {
  const parts = text.split(',').map((part) => part.trim())
  const named = parts.filter((part) => part !== '')
  if (named.length === 0) throw invalid('--assert names no budget', example)
  return named.map(parseBudget)
}

function parseBudget(text: string): Budget {
  const [, name = '', operator = '', digits = '', unit = ''] =
    /^([a-z][a-z0-9.]*)\s*(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*([A-Za-zµ]*)$/.exec(text) ?? []
  if (name === '' || !isOperator(operator)) {
    throw invalid(`"${text}" is no budget`, example)
  }
  const measure = requireMeasure(name)
  const factor = units[measures[measure]]?.[unit]
  if (factor === undefined) throw wrongUnit(text, unit, measure)
  return { text, measure, operator, limit: Number(digits) * factor }
}

function wrongUnit(text: string, unit: string, measure: Measure): BentoError {
  const known = Object.keys(units[measures[measure]] ?? {}).filter((one) => one !== '')
  const hint = known.length === 0 ? 'Write the number alone.' : `Use ${known.join(', ')}.`
  return invalid(`"${text}" has ${unit === '' ? 'no unit' : `the unit "${unit}"`}`, hint)
}

function isOperator(text: string): text is Operator {
  return Object.hasOwn(operators, text)
}

function requireMeasure(name: string): Measure {
  const names = Object.keys(measures)
  if (isMeasure(name)) return name
  const meant = closest(name, names)
  throw invalid(
    `"${name}" is nothing that is measured`,
    meant === undefined ? `Use one of: ${names.join(', ')}.` : `Did you mean ${meant}?`,
  )
}

function isMeasure(name: string): name is Measure {
  return Object.hasOwn(measures, name)
}

function invalid(message: string, hint: string): BentoError {
  return new BentoError('USAGE', message, { hint })
}

export interface Judged {
  readonly budget: Budget
  readonly isKept: boolean
  /** As `p99 is 23.4 ms`. */
  readonly found: string
}

/** A budget on what could not be measured is broken: it must not pass unseen. */
export function judge(budgets: readonly Budget[], measured: Measured): Judged[] {
  return budgets.map((budget) => {
    const value = measured[budget.measure]
    if (value === undefined) {
      return { budget, isKept: false, found: `${budget.measure} was not measured` }
    }
    const isKept = operators[budget.operator](value, budget.limit)
    return { budget, isKept, found: `${budget.measure} is ${renderMeasure(budget.measure, value)}` }
  })
}

export function renderMeasure(measure: Measure, value: number): string {
  switch (measures[measure]) {
    case 'ms':
      return `${round(value)} ms`
    case 'us':
      return `${round(value)} µs`
    case 'B':
      return `${round(value / 1e6)} MB`
    case '':
      break
  }
  return round(value)
}

/** Three digits that count. */
function round(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))
}
