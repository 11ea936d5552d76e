import { api, models, service } from 'bentojs'
import { z } from 'zod'

/** One hotel that a search has found. Null: nobody has reviewed it yet. */
const Hotel = z
  .object({
    price: z.number(),
    stars: z.number(),
    review_score: z.number().nullable(),
    reviews: z.number(),
    distance_km: z.number(),
    free_cancellation: z.boolean(),
    breakfast: z.boolean(),
  })
  .meta({
    examples: [
      {
        price: 89.5,
        stars: 4,
        review_score: 8.7,
        reviews: 312,
        distance_km: 1.2,
        free_cancellation: true,
        breakfast: false,
      },
    ],
  })

type Hotel = z.infer<typeof Hotel>

@service({
  description: 'Puts the hotels of a search in the order in which people book them.',
  resources: { cpu: '1', memory: '512Mi' },
  traffic: { timeout: 5 },
})
export class HotelRanker {
  readonly model = models.get('hotel_ranker:latest')

  @api({
    description: 'The places of the hotels in the list, the best first.',
    input: { hotels: z.array(Hotel) },
    output: z.array(z.int()),
  })
  async rank({ hotels }: { hotels: Hotel[] }): Promise<number[]> {
    const scores = await this.score({ hotels })
    return scores.map((_, place) => place).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  }

  @api({
    description:
      'The score of each hotel: a higher one goes before a lower one of the same search.',
    input: { hotels: z.array(Hotel) },
    output: z.array(z.number()),
    batchable: true,
  })
  async score({ hotels }: { hotels: Hotel[] }): Promise<number[]> {
    if (hotels.length === 0) return []
    return (await this.model.predict(hotels)).map(Number)
  }
}
