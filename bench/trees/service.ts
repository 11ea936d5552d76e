import { api, models, service, tensor } from 'bentojs'
import type { Tensor } from 'bentojs'

@service({ description: 'A forest of 100 trees of depth 6 over 20 numbers.' })
export class Trees {
  readonly model = models.get('trees:latest')

  @api({
    input: { features: tensor({ dtype: 'float32', shape: [null, 20] }) },
    output: tensor({ dtype: 'float32', shape: [null] }),
    batchable: true,
  })
  async predict({ features }: { features: Tensor }): Promise<Tensor> {
    const { predictions } = await this.model.run({ features })
    if (!predictions) throw new Error('The model has no predictions')
    return predictions
  }
}
