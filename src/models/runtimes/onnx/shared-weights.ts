import { createHash } from 'node:crypto'
import { access, mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isSystemError } from '../../../errors.ts'
import { folderSize } from '../../../lib/files.ts'

/*
 * onnxruntime reads weights into memory of its own and packs them for this machine's processor, once for each session.
 * What it packed it can also write to a file, and map that: then all sessions of a machine share one copy, and open it
 * in a fifth of the time. The file fits this processor and this onnxruntime alone, so that it lives as long as a server.
 */

/** Models of fewer bytes are not worth a file. */
export const shareFrom = 64 * 2 ** 20

/** Of a model's own size: the file holds weights as they were, too. */
export const packedShare = 2

// What packs writes as much as it read; longer than this nobody waits for it.
const waitMs = 5 * 60 * 1000
const askMs = 20

/**
 * The file to open instead of `file`: packed by whoever comes first, for all that have the same `folder`. The model's own
 * file where it is small, or where there is no room. `save` writes the packed model to the path that it is given.
 */
export async function shareWeights(
  file: string,
  folder: string,
  save: (target: string) => Promise<void>,
): Promise<string> {
  const size = await folderSize(dirname(file))
  if (size < shareFrom) return file
  const place = join(folder, await nameOf(file))
  if (!(await exists(place))) await make(place, { size, save })
  const packed = join(place, packedFile)
  return (await exists(packed)) ? packed : file
}

/** Another for a file that was changed since. */
async function nameOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  return createHash('sha256').update(`${file} ${size} ${mtimeMs}`).digest('hex').slice(0, 16)
}

const packedFile = 'model.onnx'

/** Beside the packed model, whose name is said in it. */
export const packedWeights = 'weights.bin'

interface Making {
  readonly size: number
  readonly save: (target: string) => Promise<void>
}

async function make(place: string, { size, save }: Making): Promise<void> {
  const part = `${place}.part`
  if (!(await claim(part))) {
    await waitFor(place)
    return
  }
  // An empty folder says that there is nothing to share.
  try {
    const { bavail, bsize } = await statfs(part)
    if (bavail * bsize > size * packedShare * 1.5) await save(join(part, packedFile))
  } catch {
    await Promise.all((await readdir(part)).map((name) => rm(join(part, name), { force: true })))
  }
  // Another may have made it between the look and the claim.
  await rename(part, place).catch(() => rm(part, { recursive: true, force: true }))
}

/** Whether this is the one who makes it. */
async function claim(part: string): Promise<boolean> {
  try {
    await mkdir(dirname(part), { recursive: true })
    await mkdir(part)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

async function waitFor(place: string): Promise<void> {
  const until = performance.now() + waitMs
  while (performance.now() < until && !(await exists(place))) await setTimeout(askMs)
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
