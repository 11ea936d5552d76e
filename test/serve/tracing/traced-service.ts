import { trace } from '@opentelemetry/api'
import * as z from 'zod'
import { api, type Context, service } from '../../../src/sdk.ts'

/** Makes spans of its own, as a user's code does. */
@service()
export class Traced {
  @api({ input: { text: z.string() }, output: z.string() })
  async greet({ text }: { text: string }, context: Context): Promise<string> {
    return trace.getTracer('own').startActiveSpan('look up', async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 3))
      span.end()
      context.logger.info('looked up')
      return `${text} ${context.traceId}`
    })
  }

  @api({ input: z.array(z.number()), output: z.array(z.number()), batchable: true })
  async double(rows: number[]): Promise<number[]> {
    await new Promise((resolve) => setTimeout(resolve, 5))
    trace.getTracer('own').startSpan('arithmetic').end()
    return rows.map((row) => row * 2)
  }

  @api({ output: z.string() })
  async fail(): Promise<string> {
    throw new TypeError('the disk is gone')
  }
}
