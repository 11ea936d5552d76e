import { sizeOf } from '../../lib/tensor-ops.ts'
import type { Tensor, TensorMap } from '../../lib/tensor.ts'

/** A row that one output answers otherwise than the original. */
export interface Difference {
  readonly row: number
  readonly output: string
  /** How far apart: infinite where labels differ. */
  readonly distance: number
  readonly found: string
  readonly expected: string
}

/** For each row of each expected output where it is farthest off, the worst first. */
export function compare(expected: TensorMap, found: TensorMap): Difference[] {
  const all = Object.entries(expected).flatMap(([output, wanted]) => {
    const got = found[output]
    return got === undefined ? [absent(output, wanted)] : compareOutput(output, wanted, got)
  })
  return all.toSorted((a, b) => b.distance - a.distance)
}

function absent(output: string, wanted: Tensor): Difference {
  const expected = `${wanted.dtype}[${wanted.shape.join(', ')}]`
  return { row: 0, output, distance: Infinity, found: 'no such output', expected }
}

function compareOutput(output: string, wanted: Tensor, got: Tensor): Difference[] {
  if (wanted.data.length !== got.data.length) {
    const found = `${got.dtype}[${got.shape.join(', ')}]`
    return [{ ...absent(output, wanted), found }]
  }
  const isLabel = output === 'label' || wanted.dtype === 'string'
  const rows = wanted.shape[0] ?? 1
  const width = sizeOf(wanted.shape) / Math.max(rows, 1)
  return Array.from({ length: rows }, (_, row) => {
    let worst = { distance: 0, at: row * width }
    for (let at = row * width; at < (row + 1) * width; at++) {
      const distance = distanceOf(wanted.data[at], got.data[at], isLabel)
      if (distance > worst.distance) worst = { distance, at }
    }
    const { distance, at } = worst
    return { row, output, distance, found: String(got.data[at]), expected: String(wanted.data[at]) }
  })
}

type Element = string | number | bigint | undefined

function distanceOf(wanted: Element, got: Element, isLabel: boolean): number {
  if (isLabel) return isSameLabel(wanted, got) ? 0 : Infinity
  const [a, b] = [Number(wanted), Number(got)]
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0
  const distance = Math.abs(a - b) / Math.max(1, Math.abs(a))
  return Number.isNaN(distance) ? Infinity : distance
}

/** 1 and 1n are one label. */
function isSameLabel(wanted: Element, got: Element): boolean {
  return String(wanted) === String(got)
}
