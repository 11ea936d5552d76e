import { api, models, service } from 'bentojs'
import { z } from 'zod'
import { piecesOf } from './pieces.ts'

/** In the order of the model's probabilities. */
const languages = [
  'cs', 'de', 'el', 'en', 'es', 'fi', 'fr', 'hu', 'it', 'nl', 'pl', 'pt', 'ro', 'ru', 'sv', 'tr',
] as const

const Answer = z.object({
  language: z.enum(languages),
  probabilities: z.record(z.string(), z.number()),
})
type Answer = z.infer<typeof Answer>

@service({
  description: 'Tells which of 16 languages a text is in.',
  traffic: { timeout: 10 },
})
export class LanguageDetector {
  readonly model = models.get('language:latest')

  @api({
    description: 'The language of each text, and how probable each language is.',
    input: {
      texts: z.array(z.string().max(10_000)).meta({ examples: [['Where is the station?']] }),
    },
    output: z.array(Answer),
    batchable: true,
    maxBatchSize: 64,
  })
  async detect({ texts }: { texts: string[] }): Promise<Answer[]> {
    const { probabilities } = await this.model.run({ pieces: texts.map(piecesOf) })
    const all = Array.from<unknown, number>(probabilities?.data ?? [], Number)
    return texts.map((_, row) => {
      const own = all.slice(row * languages.length, (row + 1) * languages.length)
      const best = own.indexOf(Math.max(...own))
      return {
        language: languages[best] ?? 'en',
        probabilities: Object.fromEntries(languages.map((name, at) => [name, own[at] ?? 0])),
      }
    })
  }
}
