import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * <project>/.bento/.gitignore            *
 * <project>/.bento/cache/                what builds and servers made, to be taken by the next one
 * <project>/.bento/serve-<pid>-<n>/      one for each (re)load of the process <pid>
 */

/** The folder in a project that bento keeps for itself. */
export async function createOwnFolder(context: string): Promise<string> {
  const folder = join(context, '.bento')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.gitignore'), '*\n')
  return folder
}

/** Where a project keeps what was made of it; undefined where nothing can be written. */
export async function createCacheFolder(context: string): Promise<string | undefined> {
  try {
    const folder = join(await createOwnFolder(context), 'cache')
    await mkdir(folder, { recursive: true })
    return folder
  } catch {
    // A project that can only be read is built all the same.
    return undefined
  }
}
