import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sharp from 'sharp'
import { z } from 'zod'
import { toGrid } from '../../examples/image/to-grid.ts'
import { serveExample } from './serve-example.ts'
import type { ServedExample } from './serve-example.ts'

const Answer = z.object({
  digit: z.int(),
  probability: z.number(),
  probabilities: z.array(z.number()).length(10),
})
const Row = z.object({
  pixels: z.array(z.int()).length(64),
  digit: z.int(),
  probabilities: z.array(z.number()),
})

let served: ServedExample

beforeAll(async () => {
  served = await serveExample('image', [['digit_classifier.onnx', '--signature', 'run:batchable']])
}, 120_000)

afterAll(async () => {
  await served.stop()
})

async function classify(file: Blob): Promise<Response> {
  const form = new FormData()
  form.set('image', file, 'digit.png')
  return served.fetch('/classify', { method: 'POST', body: form })
}

async function read(bytes: Uint8Array): Promise<z.infer<typeof Answer>> {
  const response = await classify(new Blob([Uint8Array.from(bytes)]))
  const text = await response.text()
  if (response.status !== 200) throw new Error(text)
  return Answer.parse(JSON.parse(text))
}

/** Dark ink on light paper. */
function draw(pixels: readonly number[]): Promise<Buffer> {
  const paper = Uint8Array.from(pixels, (ink) => 255 - Math.round((ink * 255) / 16))
  return sharp(paper, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toBuffer()
}

test('reads the digit in each photo', async () => {
  const digits: number[] = []
  for (let digit = 0; digit < 10; digit++) {
    const photo = await readFile(join(served.folder, `photos/${digit}.png`))
    digits.push((await read(photo)).digit)
  }
  expect(digits).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
}, 30_000)

test('answers 200 digits that arrive together as Keras does, and is right on most', async () => {
  const text = await readFile(join(served.folder, 'expected.jsonl'), 'utf8')
  const rows = text
    .trim()
    .split('\n')
    .map((line) => Row.parse(JSON.parse(line)))
  expect(rows).toHaveLength(200)
  const answers = await Promise.all(rows.map(async ({ pixels }) => read(await draw(pixels))))
  const off = rows.flatMap(({ probabilities }, row) =>
    probabilities.map((value, at) => Math.abs(value - (answers[row]?.probabilities[at] ?? NaN))),
  )
  // The pixels of a PNG have 256 steps, those of the data set 17.
  expect(Math.max(...off)).toBeLessThan(0.02)
  const right = rows.filter(({ digit }, row) => answers[row]?.digit === digit).length
  expect(right).toBeGreaterThanOrEqual(196)
}, 30_000)

test('refuses what is no image', async () => {
  expect((await classify(new Blob(['hello']))).status).toBe(400)
})

test('takes the mean over each box, and light ink on dark paper too', () => {
  const data = new Uint8Array(144).fill(255)
  // Of 12 pixels in a row, one and a half make a box.
  data[0] = 0
  const grid = toGrid({ data, width: 12, height: 12 })
  expect(grid[0]).toBeCloseTo(16 / 2.25)
  expect(grid.slice(1).every((ink) => Math.abs(ink) < 1e-5)).toBe(true)
  const inverted = toGrid({ data: data.map((value) => 255 - value), width: 12, height: 12 })
  expect(inverted[0]).toBeCloseTo(16 / 2.25)
})
