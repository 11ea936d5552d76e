import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import { ignore } from '../../lib/functions.ts'
import { isAbandoned, sign } from '../../store/staging.ts'

/** A folder of one server alone, among this machine's temporary ones. Throws FILE_FAILED. */
export function makeServerFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix))
  } catch (cause) {
    throw new BentoError(
      'FILE_FAILED',
      `The temporary folder "${tmpdir()}" cannot be used: ${messageOf(cause)}`,
      { hint: 'Set TMPDIR to a folder that this user can write to.', cause },
    )
  }
}

/** Says whose it is, and removes those that killed servers have left. */
export async function claimServerFolder(folder: string, prefix: string): Promise<void> {
  await sign(folder).then(() => sweep(tmpdir(), prefix), ignore)
}

async function sweep(root: string, prefix: string): Promise<void> {
  for (const name of await readdir(root)) {
    const folder = join(root, name)
    if (!name.startsWith(prefix) || !(await isAbandoned(folder))) continue
    // Of another user, or taken by whoever sweeps at the same time.
    await rm(folder, { recursive: true, force: true }).catch(ignore)
  }
}
