import { readFile } from 'node:fs/promises'
import { Tokenizer } from '@huggingface/tokenizers'
import { api, models, onStartup, service } from 'bentojs'
import { z } from 'zod'
import topics from './topics.json' with { type: 'json' }

// What the network was trained with; longer texts are cut.
const mostTokens = 256

const Answer = z.object({ label: z.string(), logits: z.record(z.string(), z.number()) })
type Answer = z.infer<typeof Answer>

const Settings = z.record(z.string(), z.unknown())
type Settings = z.infer<typeof Settings>

@service({
  description: 'Tells the topic of a text, and embeds texts.',
  resources: { cpu: '2', memory: '1Gi' },
  traffic: { timeout: 10 },
})
export class TextClassifier {
  readonly model = models.get('minilm:latest')
  #tokenizer: Tokenizer | undefined
  readonly #topics = new Map<string, number[][]>()

  @onStartup
  async start(): Promise<void> {
    const read = async (name: string): Promise<Settings> =>
      Settings.parse(JSON.parse(await readFile(this.model.path(name), 'utf8')))
    this.#tokenizer = new Tokenizer(
      await read('tokenizer.json'),
      await read('tokenizer_config.json'),
    )
    for (const [topic, texts] of Object.entries(topics)) {
      this.#topics.set(topic, await this.embed({ texts }))
    }
  }

  @api({
    description: 'The topic that the text is nearest to, and how near it is to each: cosines.',
    input: { text: z.string().min(1) },
    output: Answer,
  })
  async classify({ text }: { text: string }): Promise<Answer> {
    const [embedding = []] = await this.embed({ texts: [text] })
    const logits = Object.fromEntries(
      [...this.#topics].map(([topic, examples]) => [
        topic,
        Math.max(...examples.map((example) => cosine(embedding, example))),
      ]),
    )
    const [best] = Object.entries(logits).toSorted(([, a], [, b]) => b - a)
    return { label: best?.[0] ?? '', logits }
  }

  @api({
    description: 'A vector of length one for each text; near texts have near vectors.',
    input: { texts: z.array(z.string()) },
    output: z.array(z.array(z.number())),
    batchable: true,
    maxBatchSize: 32,
  })
  async embed({ texts }: { texts: string[] }): Promise<number[][]> {
    const rows = texts.map((text) => this.#encode(text))
    const longest = Math.max(1, ...rows.map((row) => row.length))
    const pad = (row: number[], filler: number): number[] => [
      ...row,
      ...Array<number>(longest - row.length).fill(filler),
    ]
    const { embedding } = await this.model.run({
      input_ids: rows.map((row) => pad(row, 0)),
      attention_mask: rows.map((row) => pad(Array<number>(row.length).fill(1), 0)),
    })
    const data = Array.from<unknown, number>(embedding?.data ?? [], Number)
    const width = data.length / rows.length
    return rows.map((_, at) => data.slice(at * width, (at + 1) * width))
  }

  /** With the marks of a beginning and an end, also where it is cut. */
  #encode(text: string): number[] {
    if (!this.#tokenizer) throw new Error('The tokenizer is not loaded')
    const { ids } = this.#tokenizer.encode(text)
    return ids.length <= mostTokens ? ids : [...ids.slice(0, mostTokens - 1), ...ids.slice(-1)]
  }
}

/** Both have length one. */
function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
}
