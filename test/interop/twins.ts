import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve, type Served } from '../../src/testing/serve.ts'
import { createProject } from '../build/project.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { python } from './python.ts'

export const here = fileURLToPath(new URL('.', import.meta.url))

/** service.ts, served by bento. */
export async function serveTwin(): Promise<Served<unknown>> {
  const cwd = await createProject({ 'package.json': '{"type":"module"}' })
  await copyFile(join(here, 'service.ts'), join(cwd, 'service.ts'))
  return serve('service.ts', { cwd })
}

export interface Original {
  readonly url: string
  readonly server: Started
}

/** service.py, served by BentoML. */
export async function serveOriginal(): Promise<Original> {
  const port = await freePort()
  const args = ['-m', 'bentoml', 'serve', 'service:Twin', '--host', '127.0.0.1', '--port', port]
  const env = { BENTOML_HOME: await temporaryFolder(), BENTOML_DO_NOT_TRACK: 'true' }
  const server = start(python, args, { cwd: here, env: { ...env, PYTHONDONTWRITEBYTECODE: '1' } })
  await server.printed(/Starting production HTTP BentoServer/)
  return { url: `http://127.0.0.1:${port}`, server }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a TCP server has such an address
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}
