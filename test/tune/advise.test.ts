import { expect, test } from '@jest/globals'
import { adviseOn, type Curve } from '../../src/tune/advise.ts'
import { renderCurve } from '../../src/tune/render-text.ts'

const sizes = [1, 2, 4, 8, 16, 32, 64, 128]

/** The knee is where a row costs 5 % more than in an endless batch: at 19 launches. */
function affine(launchMs: number, perRowMs: number): Curve {
  const points = sizes.map((rows) => ({ rows, ms: launchMs + perRowMs * rows }))
  return { kind: 'method', name: 'classify', inForce: 32, points }
}

test('finds what a launch and a row take, and the knee', () => {
  const advice = adviseOn(affine(1, 0.3))
  expect(advice?.launchMs).toBeCloseTo(1)
  expect(advice?.perRowMs).toBeCloseTo(0.3)
  expect(advice?.knee).toBe(64)
})

test('says what each size gives and costs', () => {
  const advice = adviseOn(affine(1, 1))
  expect(advice?.sizes[3]).toMatchObject({ rows: 8, ms: 9, worstMs: 18 })
  expect(advice?.sizes[3]?.rowsPerSecond).toBeCloseTo(888.9, 1)
  expect(advice?.sizes.at(-1)?.share).toBe(1)
  expect(advice?.enough).toBe(32)
})

test('names no knee that nobody has seen', () => {
  expect(adviseOn(affine(100, 0.1))?.knee).toBeUndefined()
})

test('has nothing to say without points', () => {
  const curve = { ...affine(1, 1), points: [], note: 'The method takes no JSON' }
  expect(adviseOn(curve)).toBeUndefined()
  expect(renderCurve(curve)).toBe('Method classify\n  The method takes no JSON')
})

test('shows a table with a plot that fits 80 columns', () => {
  const text = renderCurve(affine(1, 0.5))
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(text).toMatchInlineSnapshot(`
"Method classify

  max_batch_size   ms a batch   worst ms     rows/s
  1                       1.5          3        667  ████████
  2                         2          4       1000  ████████████
  4                         3          6       1333  ████████████████
  8                         5         10       1600  ████████████████████
  16                        9         18       1778  ██████████████████████
  32 *                     17         34       1882  ███████████████████████
  64                       33         66       1939  ████████████████████████
  128                      65        130       1969  ████████████████████████

  A batch takes about 1 ms and 0.5 ms a row; the knee is at 38 rows.
  32 rows give 95 % of the highest rate that was measured; 32 is in force."
`)
})
