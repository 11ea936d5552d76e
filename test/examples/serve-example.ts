import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, start } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bento = join(root, 'bin/bento.js')

export interface ServedExample {
  readonly folder: string
  /** Folder of the built bento. */
  readonly path: string
  /** Calls a method with a JSON body. Throws unless it answers 200. */
  readonly post: (route: string, body: unknown) => Promise<unknown>
  /** Calls a method with any body. */
  readonly fetch: (route: string, init: RequestInit) => Promise<Response>
  readonly stop: () => Promise<unknown>
}

/** Imports the models of an example, builds it, and serves the bento with plain node. */
export async function serveExample(
  name: string,
  imports: readonly (readonly string[])[],
): Promise<ServedExample> {
  const folder = join(root, 'examples', name)
  const env = { BENTO_HOME: await temporaryFolder() }
  for (const args of imports) {
    await run(process.execPath, [bento, 'models', 'import', ...args], { cwd: folder, env })
  }
  const built = await run(process.execPath, [bento, 'build', '--no-check', '-o', 'tag'], {
    cwd: folder,
    env,
  })
  const tag = built.trim()
  const path = join(env.BENTO_HOME, 'bentos', ...tag.split(':'))
  // In production `npm ci` puts the native packages here; these are the same versions, from the same lock.
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'), 'dir')
  const server = start(process.execPath, ['dist/service.mjs'], {
    cwd: path,
    env: { ...env, BENTO_PORT: '0' },
  })
  const [url] = await server.printed(/http:\/\/127\.0\.0\.1:\d+/)
  const call = (route: string, init: RequestInit): Promise<Response> =>
    fetch(`${url}${route}`, init)
  return {
    folder,
    path,
    fetch: call,
    async post(route, body) {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      const response = await call(route, init)
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${route} answered ${response.status}: ${text}`)
      const answer: unknown = JSON.parse(text)
      return answer
    },
    stop: () => server.interrupt(),
  }
}
