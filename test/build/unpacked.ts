import { cp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from '@jest/globals'
import { push } from '../../src/remote/push.ts'
import type { BentoEntry } from '../../src/store/bento-store.ts'
import { openModelStore, type ModelEntry } from '../../src/store/model-store.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { build, echoProject } from './echo-project.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const running: Started[] = []

afterAll(() => Promise.all(running.map((one) => one.kill())))

/** The echo project, built without its model, which `remote` is to have. */
export async function bentoWithout(remote: string): Promise<BentoEntry> {
  const { home, context } = await echoProject()
  const bentofile = `service: service.ts:EchoModel
models: { remote: "${remote}", include: [{ tag: "echo:latest", packed: false }] }
envs: [{ name: TOKEN, value: x }]
`
  await writeFile(join(context, 'bentofile.yaml'), bentofile)
  return build(context, home)
}

/** Its model, from the store that it was built with. */
export function modelOf({ path }: BentoEntry): Promise<ModelEntry> {
  return openModelStore(join(path, '../../..')).require('echo')
}

export async function pushModel(
  entry: ModelEntry,
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const around = { cwd: '/', isInsecure: false, report: (): void => undefined }
  await push({ kind: 'model', entry, url, env, ...around })
}

/** Starts a copy of the bento by plain node, as another machine would. */
export async function serveCopy(
  { path }: BentoEntry,
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const cwd = join(await temporaryFolder(), 'bento')
  await cp(path, cwd, { recursive: true })
  await symlink(join(root, 'node_modules'), join(cwd, 'node_modules'))
  const own = { BENTO_PORT: '0', BENTO_HOME: home, DOCKER_CONFIG: home, ...env }
  const server = start(process.execPath, ['dist/service.mjs'], { cwd, env: own })
  running.push(server)
  return server
}

/** What the service answers to `[[1, 2]]`. */
export async function answerOf(server: Started): Promise<unknown> {
  const [, url = ''] = await server.printed(/Serving on (http:\S+)/)
  const body = JSON.stringify([[1, 2]])
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/run`, { method: 'POST', headers, body })).json()
}
