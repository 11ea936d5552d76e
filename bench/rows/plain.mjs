import { deepStrictEqual } from 'node:assert/strict'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runBento } from '../lib/bento.mjs'
import { createFloats } from '../lib/random.mjs'

/** A built bento without a model. */
export async function preparePlain(home) {
  const context = fileURLToPath(new URL('../plain', import.meta.url))
  const tag = await runBento(['build', context, '--no-check', '-o', 'tag'], home)
  const folder = join(home, 'run', 'plain')
  await mkdir(join(home, 'run'), { recursive: true })
  await cp(await runBento(['get', tag, '-o', 'path'], home), folder, { recursive: true })
  const x = [createFloats(128, 1)]
  return {
    cwd: folder,
    args: ['dist/service.mjs'],
    env: { BENTO_HOME: home },
    request: {
      path: '/echo',
      body: JSON.stringify({ x }),
      check: (answer) => deepStrictEqual(answer, x),
    },
  }
}
