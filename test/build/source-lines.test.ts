import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { helloProject } from '../commands/hello-project.ts'
import { runBento } from '../commands/run-bento.ts'
import { start } from '../processes.ts'

// It is built, and served by a process of its own.
jest.setTimeout(60_000)

const source = `import { api, service } from 'bentojs'
import { divide } from './arithmetic.ts'

@service()
export class Hello {
  @api()
  greet(): number {
    return divide(1, 0)
  }
}
`
const arithmetic = `interface Numbers { readonly a: number }

export function divide(a: Numbers['a'], b: number): number {
  if (b === 0) throw new RangeError('by zero')
  return a / b
}
`

test('what fails in a built bento is logged with the lines that its author wrote', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'service.ts'), source)
  await writeFile(join(cwd, 'arithmetic.ts'), arithmetic)
  await runBento('build --version v1', { cwd })
  const { stdout } = await runBento('get hello:v1 -o path', { cwd })
  const folder = stdout.trim().replace('<cwd>', cwd)
  const served = start(process.execPath, ['dist/service.mjs'], {
    cwd: folder,
    env: { BENTO_PORT: '0' },
  })
  try {
    const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/greet`, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('arithmetic')
    await served.printed(/RangeError: by zero/)
    const log = served.output()
    expect(log).toMatch(/at divide \([^)]*arithmetic\.ts:4:\d+\)/)
    expect(log).toMatch(/at .*greet \([^)]*service\.ts:8:\d+\)/)
  } finally {
    await served.kill()
  }
})
