import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { assembleForServing } from '../../../src/build/assemble.ts'
import { openModelStore } from '../../../src/store/model-store.ts'
import { createProject } from '../../build/project.ts'
import { start, type Started } from '../../processes.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const running: Started[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.interrupt()))
})

type Environment = Readonly<Record<string, string>>

interface Server {
  readonly server: Started
  readonly url: string
}

/** A service from its source, bundled and served by real processes until the test ends. */
export async function serveSource(
  source: string,
  env: Environment = {},
  installed?: readonly string[],
): Promise<Server> {
  const server = await startSource(source, env, installed)
  const [, url = ''] = await server.printed(/Serving on (https?:\S+)/)
  return { server, url }
}

/** The same, which may not come up. */
export async function startSource(
  source: string,
  env: Environment = {},
  installed?: readonly string[],
): Promise<Started> {
  const { context, path } = await bundle(source, installed)
  const file = join(path, 'dist', 'service.mjs')
  const server = start(process.execPath, [file], {
    cwd: context,
    env: { BENTO_PORT: '0', ...env },
  })
  running.push(server)
  return server
}

interface Bundled {
  /** The project's folder. */
  readonly context: string
  /** The bento's. */
  readonly path: string
}

const bundles = new Map<string, Promise<Bundled>>()

/** Once for each source: nothing that serves a bundle changes it. */
export function bundle(source: string, installed: readonly string[] = ['zod']): Promise<Bundled> {
  const key = `${installed.join()}\n${source}`
  const known = bundles.get(key)
  if (known !== undefined) return known
  const made = bundleAnew(source, installed)
  bundles.set(key, made)
  return made
}

async function bundleAnew(source: string, installed: readonly string[]): Promise<Bundled> {
  const files = { 'package.json': '{"type":"module"}', 'service.ts': source }
  const context = await createProject(files, installed)
  const { path } = await assembleForServing({
    project: { kind: 'project', context, module: join(context, 'service.ts') },
    models: openModelStore(await temporaryFolder()),
  })
  return { context, path }
}
