import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Check, error, type Finding, ok, warning } from '../check.ts'

const tightBytes = 2 ** 30
const fullBytes = 100 * 2 ** 20

export const disk: Check = {
  name: 'disk',
  async run({ home }) {
    return [judge(await freeBytesAt(home), home)]
  },
}

export function judge(free: number, home: string): Finding {
  const text = `${(free / 2 ** 30).toFixed(1)} GiB free for ${home}`
  const remedy =
    'Delete what is not used, as `bento delete` and `bento models delete` do, or set BENTO_HOME.'
  if (free < fullBytes) return error(text, remedy)
  return free < tightBytes ? warning(text, remedy) : ok(text)
}

/** The folder may not be there yet; what will hold it is. */
async function freeBytesAt(folder: string): Promise<number> {
  const found = await statfs(folder).catch(() => undefined)
  if (found !== undefined) return found.bavail * found.bsize
  return folder === dirname(folder) ? 0 : freeBytesAt(dirname(folder))
}
