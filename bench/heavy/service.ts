import { api, models, service, tensor } from 'bentojs'
import type { Tensor } from 'bentojs'

@service({ description: 'A network of 128, nine times 4096 and 10 units: slow on purpose.' })
export class Heavy {
  readonly model = models.get('heavy:latest')

  @api({
    input: { x: tensor({ dtype: 'float32', shape: [null, 128] }) },
    output: tensor({ dtype: 'float32', shape: [null, 10] }),
    batchable: true,
    maxBatchSize: 8,
  })
  async predict({ x }: { x: Tensor }): Promise<Tensor> {
    const { y } = await this.model.run({ x })
    if (!y) throw new Error('The model has no output "y"')
    return y
  }
}
