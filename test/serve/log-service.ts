import * as z from 'zod'
import { api, type BatchContext, type Context, logger, service } from '../../src/sdk.ts'

/** Says on all ways that it was called. */
@service({ logging: { level: 'debug' } })
export class Talkative {
  @api({ input: { name: z.string() }, output: z.string() })
  async greet({ name }: { name: string }, context: Context): Promise<string> {
    context.logger.info({ name }, 'of the context')
    await new Promise((resolve) => setImmediate(resolve))
    logger.child({ part: 'module' }).debug('of the module')
    return context.requestId
  }

  @api({ output: z.string() })
  async fail(): Promise<string> {
    throw new Error('the disk is gone')
  }

  @api({ input: z.array(z.number()), output: z.array(z.number()), batchable: true })
  async double(rows: number[], context: BatchContext): Promise<number[]> {
    context.logger.info('of the batch')
    await new Promise((resolve) => setImmediate(resolve))
    logger.info('of the module')
    return rows.map((row) => row * 2)
  }
}
