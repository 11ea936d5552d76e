import { z } from 'zod'
import { api, onStartup, service } from '../../../src/sdk.ts'

/** What happened, in order. */
export const events: string[] = []

/** A service whose methods are warmed up. */
@service()
export class Warm {
  @onStartup
  start(): void {
    events.push('started')
  }

  @api({
    input: { rows: z.array(z.number()) },
    batchable: true,
    maxLatencyMs: 1,
    warmUp: { rows: [1, 2] },
  })
  async double({ rows }: { rows: number[] }): Promise<number[]> {
    events.push(`double ${rows.join()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    return rows.map((row) => 2 * row)
  }

  @api({ input: { name: z.string().default('you') }, output: z.string(), warmUp: {} })
  greet({ name }: { name: string }): string {
    events.push(`greet ${name}`)
    return `hello ${name}`
  }
}

/** The warm-up does not fit the method's input. */
@service()
export class Misfit {
  @api({ input: { count: z.number() }, warmUp: { count: 'three' } })
  use({ count }: { count: number }): number {
    return count
  }
}

/** The method fails on its warm-up. */
@service()
export class Broken {
  @api({ warmUp: {} })
  use(): void {
    throw new Error('the feature store is down')
  }
}
