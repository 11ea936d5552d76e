import { api, models, service } from 'bentojs'
import { z } from 'zod'

const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] as const

/** One flower, in centimetres. */
const Iris = z
  .object({
    sepal_length: z.number(),
    sepal_width: z.number(),
    petal_length: z.number(),
    petal_width: z.number(),
  })
  .meta({
    examples: [{ sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }],
  })

type Iris = z.infer<typeof Iris>

/** In the order of the model's probabilities: scikit-learn sorts class names. */
const classes = ['setosa', 'versicolor', 'virginica'] as const

@service({
  description: 'Tells three species of iris apart by the size of their flowers.',
  resources: { cpu: '2', memory: '1Gi' },
  traffic: { timeout: 10 },
})
export class IrisClassifier {
  readonly model = models.get('iris_classifier:latest')

  @api({
    description: 'The species of each flower.',
    input: { features: z.array(Iris) },
    output: z.array(z.string()),
    batchable: true,
    maxBatchSize: 32,
    maxLatencyMs: 1000,
  })
  async classify({ features }: { features: Iris[] }): Promise<string[]> {
    const { label } = await this.model.run({ features: features.map(toRow) })
    return Array.from<unknown, string>(label?.data ?? [], String)
  }

  @api({
    description: 'How probable each species is.',
    input: Iris,
    output: z.record(z.string(), z.number()),
  })
  async predict_proba(flower: Iris): Promise<Record<string, number>> {
    const { probabilities } = await this.model.run({ features: [toRow(flower)] })
    return Object.fromEntries(classes.map((name, i) => [name, Number(probabilities?.data[i])]))
  }
}

/** One row of numbers, in the order that the model was trained on. */
function toRow(flower: Iris): number[] {
  return columns.map((column) => flower[column])
}
