import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../temporary-folder.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A project in a new folder. Packages named in `installed` are those of this repository. */
export async function createProject(
  files: Readonly<Record<string, string>>,
  installed: readonly string[] = ['zod'],
): Promise<string> {
  const folder = join(await temporaryFolder(), 'project')
  await writeFiles(folder, files)
  for (const name of installed) {
    const place = join(folder, 'node_modules', name)
    await mkdir(dirname(place), { recursive: true })
    await symlink(join(repository, 'node_modules', name), place)
  }
  return folder
}

export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

/** A service without a model. */
export const greeter = `import { api, service } from 'bentojs'
import { z } from 'zod'

@service({ traffic: { timeout: 10 } })
export class Greeter {
  @api({ input: { name: z.string() }, output: z.string() })
  greet({ name }: { name: string }): string {
    return 'hello ' + name
  }
}
`

/** What a failing call failed with, its folder replaced. */
export async function errorOf(
  work: Promise<unknown>,
  folder = '',
): Promise<{ code: unknown; message: string; hint: unknown; cause: unknown }> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (typeof error !== 'object' || error === null) throw new Error('it did not fail')
  const message = String(Reflect.get(error, 'message'))
  return {
    code: Reflect.get(error, 'code'),
    message: folder === '' ? message : message.replaceAll(folder, '/project'),
    hint: Reflect.get(error, 'hint'),
    cause: Reflect.get(error, 'cause'),
  }
}
