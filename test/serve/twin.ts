import { z } from 'zod'
import {
  api,
  NotFound,
  onShutdown,
  onStartup,
  service,
  ServiceError,
  ServiceUnavailable,
  type BatchContext,
  type Context,
} from '../../src/sdk.ts'

/** What the hooks did, in order. */
export const events: string[] = []
/** The rows of each call of `double`. */
export const batches: number[][] = []

/** A service with one method for each thing that a method can do. */
@service({ traffic: { timeout: 0.2, maxConcurrency: 3 } })
export class Twin {
  @onStartup
  async start(): Promise<void> {
    events.push('started')
  }

  @onShutdown
  stop(): void {
    events.push('stopped')
  }

  @api({ input: { a: z.int(), b: z.int().default(2) }, output: z.number() })
  add({ a, b }: { a: number; b: number }): number {
    return a + b
  }

  @api({ input: z.array(z.number()), output: z.array(z.number()), route: '/v1/reversed' })
  reverse(xs: number[]): number[] {
    return xs.toReversed()
  }

  @api({
    input: { rows: z.array(z.number()) },
    output: z.array(z.number()),
    batchable: true,
    maxBatchSize: 4,
  })
  double({ rows }: { rows: number[] }, { requests }: BatchContext): number[] {
    batches.push(rows)
    for (const { request, response } of requests) {
      response.headers['x-mine'] = String(request.headers['x-mine'])
    }
    return rows.map((row) => row * 2)
  }

  @api({ input: { rows: z.array(z.number()) }, output: z.array(z.number()), batchable: true })
  short({ rows }: { rows: number[] }): number[] {
    return rows.slice(1)
  }

  @api({ input: { ms: z.number() } })
  async slow({ ms }: { ms: number }): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms))
    return 'done'
  }

  @api({ input: { kind: z.string() } })
  fail({ kind }: { kind: string }): void {
    if (kind === 'missing') throw new NotFound('No such flower')
    if (kind === 'teapot') throw new ServiceError(418, 'Short and stout', { code: 'TEAPOT' })
    if (kind === 'later') {
      throw new ServiceUnavailable('The database is down', { headers: { 'retry-after': '7' } })
    }
    throw new Error('the password is 1234')
  }

  @api({ output: z.object({ n: z.number() }) })
  wrong(): { n: number } {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a service may lie to its own types
    return JSON.parse('{"n":"one"}') as { n: number }
  }

  @api({ input: { id: z.string() }, output: z.string() })
  context({ id }: { id: string }, { request, response, state }: Context): string {
    const seen = Number(state['seen'] ?? 0) + 1
    state['seen'] = seen
    response.status = 202
    response.headers['x-id'] = id
    return `${request.method} ${request.path} ${String(request.headers['x-in'])}`
  }

  @api({ route: '/' })
  root(): string {
    return 'root'
  }
}
