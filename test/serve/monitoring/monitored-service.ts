import * as z from 'zod'
import { api, type BatchContext, monitor, service } from '../../../src/sdk.ts'

/** Monitors what it is asked and what it answers. */
@service()
export class Monitored {
  @api({ input: { size: z.number() }, output: z.string() })
  async classify({ size }: { size: number }): Promise<string> {
    monitor('iris').log(size, { name: 'size', role: 'feature', type: 'numerical' })
    await new Promise((resolve) => setImmediate(resolve))
    const species = size > 1 ? 'virginica' : 'setosa'
    monitor('iris').log(species, { role: 'prediction', type: 'categorical' })
    return species
  }

  @api({ input: z.array(z.number()), output: z.array(z.number()), batchable: true })
  async double(rows: number[], { requests }: BatchContext): Promise<number[]> {
    const record = monitor('double', requests.length === 1 ? requests[0] : undefined)
    record.logBatch(rows, { name: 'x', role: 'feature', type: 'numerical' })
    await new Promise((resolve) => setImmediate(resolve))
    const doubled = rows.map((row) => row * 2)
    record.logBatch(doubled, { name: 'timestamp', role: 'prediction', type: 'numerical' })
    return doubled
  }

  @api({ input: { kind: z.string() }, output: z.string() })
  async odd({ kind }: { kind: string }): Promise<string> {
    const odd = monitor('../odd')
    odd.log(new Float32Array([0.5, 1]), {
      name: 'values',
      role: 'feature',
      type: 'numerical_sequence',
    })
    if (kind === 'uneven') odd.logBatch([1, 2], { role: 'prediction', type: 'numerical' })
    if (kind === 'ended') {
      odd.end()
      odd.log('second', { name: 'again', role: 'target', type: 'categorical' })
    }
    if (kind === 'failed') throw new Error('no answer')
    return kind
  }
}
