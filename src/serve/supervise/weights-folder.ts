import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ignore } from '../../lib/functions.ts'
import { isAbandoned, sign } from '../../store/staging.ts'

const prefix = 'bento-weights-'

/** Where the workers of one server keep one copy of large weights. It can be large: what killed servers left goes. */
export class WeightsFolder {
  #folder: string | undefined

  /** Made for the first who asks. */
  get path(): string {
    if (this.#folder !== undefined) return this.#folder
    const folder = mkdtempSync(join(tmpdir(), prefix))
    this.#folder = folder
    sign(folder).then(() => sweepWeights(tmpdir()), ignore)
    return folder
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function sweepWeights(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name)
    if (!name.startsWith(prefix) || !(await isAbandoned(folder))) continue
    // Of another user, or taken by whoever sweeps at the same time.
    await rm(folder, { recursive: true, force: true }).catch(ignore)
  }
}
