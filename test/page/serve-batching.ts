import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createProject } from '../build/project.ts'
import { start, type Started } from '../processes.ts'

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

const source = `
import { api, service } from 'bentojs'
import { z } from 'zod'

@service()
export class Doubler {
  @api({ input: { rows: z.array(z.number()) }, output: z.array(z.number()), batchable: true })
  async double({ rows }: { rows: number[] }) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    return rows.map((row) => row * 2)
  }
}
`

/** A service whose one method is batched, by `bento serve`. */
export async function serveBatching(flag: string): Promise<{ server: Started; url: string }> {
  const cwd = await createProject({ 'package.json': '{"type":"module"}', 'service.ts': source })
  const args = [bin, 'serve', 'service.ts', flag, '--port', '0']
  const server = start(process.execPath, args, { cwd, env: { BENTO_HOME: join(cwd, 'home') } })
  const [, url = ''] = await server.printed(/Serving on (http:\S+)\n/)
  return { server, url }
}
