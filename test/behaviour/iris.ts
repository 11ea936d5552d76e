import { cp, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const command = join(root, 'bin/bento.js')

export interface Iris {
  readonly tag: string
  /** Folder of the bento in its store. */
  readonly path: string
  readonly env: Readonly<Record<string, string>>
  readonly bento: (...args: readonly string[]) => Promise<string>
}

/** The example with what the suite needs beside it, built into a store of its own. */
export async function buildIris(): Promise<Iris> {
  const env = { BENTO_HOME: await temporaryFolder(), DOCKER_CONFIG: await temporaryFolder() }
  const bento = (...args: readonly string[]): Promise<string> =>
    run(process.execPath, [command, ...args], { cwd: env.BENTO_HOME, env })
  await bento('models', 'import', join(root, 'examples/iris/iris_classifier.onnx'))
  const built: unknown = JSON.parse(
    await bento('build', join(root, 'test/behaviour/service'), '--no-check', '-o', 'json'),
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is what `build -o json` prints
  const { tag, path } = built as { tag: string; path: string }
  return { tag, path, env, bento }
}

/** A copy of the bento's folder, with this project's packages in place of those that `npm ci` would fetch. */
export async function unpackIris({ path }: Iris): Promise<string> {
  const folder = join(await temporaryFolder(), 'bento')
  await cp(path, folder, { recursive: true })
  await readFile(join(folder, 'package-lock.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}
