import { rmSync } from 'node:fs'
import { claimServerFolder, makeServerFolder } from './server-folder.ts'

const prefix = 'bento-weights-'

/** Where the workers of one server keep one copy of large weights. */
export class WeightsFolder {
  #folder: string | undefined

  /** Made for the first who asks. It can be large: what killed servers left goes at once. */
  get path(): string {
    if (this.#folder !== undefined) return this.#folder
    this.#folder = makeServerFolder(prefix)
    void claimServerFolder(this.#folder, prefix)
    return this.#folder
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
}
