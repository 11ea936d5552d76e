import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { serveExample } from './serve-example.ts'
import type { ServedExample } from './serve-example.ts'

/** What XGBoost itself answers (examples/fraud/train.py wrote it down) against the built example over HTTP. */
const Expected = z.array(
  z.object({
    transaction: z.record(z.string(), z.union([z.number(), z.boolean(), z.null()])),
    is_fraud: z.boolean(),
    chance: z.number(),
  }),
)

let served: ServedExample
let expected: z.infer<typeof Expected>

beforeAll(async () => {
  served = await serveExample('fraud', [['fraud_detector.ubj']])
  const text = await readFile(join(served.folder, 'expected.json'), 'utf8')
  expected = Expected.parse(JSON.parse(text))
}, 120_000)

afterAll(async () => {
  await served.stop()
})

test('finds the frauds that XGBoost finds, missing values included', async () => {
  expect(expected).toHaveLength(200)
  expect(
    expected.filter(({ transaction }) => Object.values(transaction).includes(null)).length,
  ).toBeGreaterThan(20)
  const transactions = expected.map((one) => one.transaction)
  const frauds = expected.map((one) => one.is_fraud)
  expect(new Set(frauds).size).toBe(2)
  expect(await served.post('/predict', { transactions })).toEqual(frauds)
  const alone = expected.map(async (one) =>
    served.post('/predict', { transactions: [one.transaction] }),
  )
  expect(await Promise.all(alone)).toEqual(frauds.map((fraud) => [fraud]))
})

test('gives the chances of XGBoost to the last bit', async () => {
  const transactions = expected.map((one) => one.transaction)
  const chances = z.array(z.number()).parse(await served.post('/predict_proba', { transactions }))
  expect(chances.map(Math.fround)).toEqual(expected.map((one) => Math.fround(one.chance)))
})

test('refuses a payment that lacks a field', async () => {
  const response = await served.fetch('/predict', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ transactions: [{ amount: 1 }] }),
  })
  expect(response.status).toBe(400)
})

test('needs no package', async () => {
  const text = await readFile(join(served.path, 'package.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ dependencies: {} })
  const lock = z.object({ packages: z.record(z.string(), z.unknown()) })
  const { packages } = lock.parse(
    JSON.parse(await readFile(join(served.path, 'package-lock.json'), 'utf8')),
  )
  expect(Object.keys(packages)).toEqual([''])
})
