import { api, service } from 'bentojs'
import { z } from 'zod'

@service({ traffic: { timeout: 10 } })
export class {{class}} {
  @api({
    description: 'Greets by name. Replace it with what your model does.',
    input: { name: z.string().min(1) },
    output: z.string(),
  })
  greet({ name }: { name: string }): string {
    return `Hello, ${name}!`
  }
}
