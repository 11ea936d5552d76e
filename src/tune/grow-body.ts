import { BentoError } from '../errors.ts'

/** A request of a batchable method, as JSON, made larger or smaller: its rows over and over. Throws USAGE. */
export function growBody(body: string, rows: number): string {
  const value: unknown = JSON.parse(body)
  if (isRows(value)) return JSON.stringify(cycle(value, rows))
  const [entry, ...others] =
    typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (!entry || others.length > 0 || !isRows(entry[1])) {
    throw new BentoError('USAGE', 'The request has no rows to make batches of', {
      hint: 'Give one with --data: the JSON of a request, with at least one row.',
    })
  }
  return JSON.stringify({ [entry[0]]: cycle(entry[1], rows) })
}

function cycle(items: readonly unknown[], length: number): unknown[] {
  return Array.from({ length }, (_, at) => items[at % items.length])
}

function isRows(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}
