import { totalmem } from 'node:os'
import { readMemoryLimit } from '../../lib/cpu-quota.ts'
import { type Check, ok, warning } from '../check.ts'

// A supervisor, a worker and a small model, with room for a batch.
const leastBytes = 384 * 2 ** 20

export const memory: Check = {
  name: 'memory',
  async run() {
    const bytes = await readMemoryLimit(totalmem())
    const text = `${Math.round(bytes / 2 ** 20)} MiB of memory`
    if (bytes >= leastBytes) return [ok(text)]
    return [warning(`Only ${text}`, `Give it ${leastBytes / 2 ** 20} MiB or more.`)]
  },
}
