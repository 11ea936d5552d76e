import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { api, monitor, service } from '../../../../src/sdk.ts'

/** What meets a limit of Lambda. */
@service()
export class OnLambda {
  @api({ input: { size: z.number() }, output: z.string() })
  answer({ size }: { size: number }): string {
    return 'x'.repeat(size)
  }

  @api({ input: { ms: z.number() }, output: z.string() })
  async wait({ ms }: { ms: number }): Promise<string> {
    await sleep(ms)
    return 'done'
  }

  @api({ output: z.string() })
  observe(): string {
    monitor('iris').log(1, { name: 'size', role: 'feature', type: 'numerical' })
    return 'seen'
  }
}
