import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { serveExample } from './serve-example.ts'
import type { ServedExample } from './serve-example.ts'

/** What LightGBM itself answers (examples/ranker/train.py wrote it down) against the built example over HTTP. */
const Expected = z.array(
  z.object({ hotels: z.array(z.record(z.string(), z.unknown())), scores: z.array(z.number()) }),
)

let served: ServedExample
let expected: z.infer<typeof Expected>

beforeAll(async () => {
  served = await serveExample('ranker', [['hotel_ranker.txt']])
  const text = await readFile(join(served.folder, 'expected.json'), 'utf8')
  expected = Expected.parse(JSON.parse(text))
}, 120_000)

afterAll(async () => {
  await served.stop()
})

test('scores the hotels of 20 searches as LightGBM does, to the last bit', async () => {
  expect(expected).toHaveLength(20)
  for (const { hotels, scores } of expected) {
    expect(await served.post('/score', { hotels })).toEqual(scores)
  }
})

test('ranks the hotels by those scores', async () => {
  for (const { hotels, scores } of expected) {
    const order = z.array(z.int()).parse(await served.post('/rank', { hotels }))
    const ranked = order.map((place) => scores[place])
    expect(ranked).toEqual(scores.toSorted((a, b) => b - a))
  }
  expect(await served.post('/rank', { hotels: [] })).toEqual([])
})
