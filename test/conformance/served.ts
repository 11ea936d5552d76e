import { join } from 'node:path'
import { assembleForServing } from '../../src/build/assemble.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { createProject } from '../build/project.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface Served {
  readonly server: Started
  readonly url: string
}

/** A twin as a bento of its own, served by real processes. Whoever starts it ends it. */
export async function serveTwin(source: string): Promise<Served> {
  const context = await createProject({ 'package.json': '{"type":"module"}', 'service.ts': source })
  const { path } = await assembleForServing({
    project: { kind: 'project', context, module: join(context, 'service.ts') },
    models: openModelStore(await temporaryFolder()),
  })
  const file = join(path, 'dist', 'service.mjs')
  const server = start(process.execPath, [file], { cwd: context, env: { BENTO_PORT: '0' } })
  const [, url = ''] = await server.printed(/Serving on (http:\S+)/)
  return { server, url }
}
