import { api, models, service } from 'bentojs'
import { z } from 'zod'

/** One card payment. Null is what the terminal did not send. */
const Transaction = z
  .object({
    amount: z.number(),
    hour: z.number(),
    card_age_days: z.number(),
    distance_km: z.number().nullable(),
    payments_today: z.number(),
    merchant_risk: z.number().nullable(),
    card_present: z.boolean(),
  })
  .meta({
    examples: [
      {
        amount: 674.91,
        hour: 3,
        card_age_days: 571.3,
        distance_km: null,
        payments_today: 2,
        merchant_risk: 0.187,
        card_present: false,
      },
    ],
  })

type Transaction = z.infer<typeof Transaction>

@service({
  description: 'Finds fraud among card payments.',
  resources: { cpu: '1', memory: '512Mi' },
  traffic: { timeout: 5 },
})
export class FraudDetector {
  readonly model = models.get('fraud_detector:latest')

  @api({
    description: 'Whether each payment is a fraud.',
    input: { transactions: z.array(Transaction) },
    output: z.array(z.boolean()),
    batchable: true,
    maxBatchSize: 128,
  })
  async predict({ transactions }: { transactions: Transaction[] }): Promise<boolean[]> {
    const labels = await this.model.predict(transactions)
    return labels.map((label) => label === 1)
  }

  @api({
    description: 'How probable it is that each payment is a fraud.',
    input: { transactions: z.array(Transaction) },
    output: z.array(z.number()),
    batchable: true,
    maxBatchSize: 128,
  })
  async predict_proba({ transactions }: { transactions: Transaction[] }): Promise<number[]> {
    const chances = await this.model.predictProba(transactions)
    return chances.map(([, fraud = 0]) => fraud)
  }
}
