import { version } from 'node:process'
import { type Check, note, ok } from '../check.ts'

// Past its end of life: it works, and gets no fixes any more.
const oldest = 22

export const node: Check = {
  name: 'node',
  async run() {
    const [major = 0] = version.slice(1).split('.').map(Number)
    if (major >= oldest) return [ok(`Node ${version}`)]
    return [note(`Node ${version} works, and gets no fixes any more`, 'Install Node 24 or newer.')]
  },
}
