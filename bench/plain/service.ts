import { api, service, tensor } from 'bentojs'
import type { Tensor } from 'bentojs'

@service({ description: 'Answers what it was given: all HTTP, no model.' })
export class Plain {
  @api({ input: { x: tensor({ dtype: 'float64' }) }, output: tensor({ dtype: 'float64' }) })
  echo({ x }: { x: Tensor }): Tensor {
    return x
  }
}
