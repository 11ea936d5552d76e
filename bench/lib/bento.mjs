// Gets a service the way a user does: import the model, build the bento, run it with plain node.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Returns the folder of a bento that is ready to run, below `home`. */
export async function buildBento({ home, model, context }) {
  const bento = (...args) => runBento(args, home)
  await bento('models', 'import', model.file, '--name', model.name)
  const tag = await bento('build', context, '--no-check', '-o', 'tag')
  const built = await bento('get', tag, '-o', 'path')
  const folder = join(home, 'run', tag.replace(':', '-'))
  // Several rows and studies serve the same.
  if (existsSync(folder)) return folder
  await mkdir(join(home, 'run'), { recursive: true })
  await cp(built, folder, { recursive: true })
  // In production `npm ci` puts the native packages here; these are the same versions, from the same lock.
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return folder
}

export async function runBento(args, home) {
  const env = { ...process.env, BENTO_HOME: home }
  const command = [join(repository, 'bin/bento.js'), ...args]
  const { stdout } = await execute(process.execPath, command, { cwd: repository, env })
  return stdout.trim()
}
