import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { run, start } from '../processes.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

test('a fresh clone answers the curl line that it prints', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bento-clone-'))
  await run('git', ['clone', '--quiet', repository, 'bento'], { cwd: folder })
  const cwd = join(folder, 'bento')
  await run('npm', ['ci'], { cwd })
  const bento = start('npm', ['start'], { cwd })
  try {
    const [, url = ''] = await bento.printed(/(http:\/\/127\.0\.0\.1:\d+)\//)
    const [curl = ''] = await bento.printed(/curl .*/)
    await expect(run('bash', ['-c', curl], { cwd })).resolves.toBe('["setosa"]')
    const page = await fetch(`${url}/`)
    expect(page.status).toBe(200)
    await expect(page.text()).resolves.toContain('<div id="page">')
    const docs = await fetch(`${url}/docs`)
    await expect(docs.text()).resolves.toContain('swagger-ui')
  } finally {
    await bento.interrupt()
  }
  expect(bento.output()).not.toMatch(/\bat .*:\d+:\d+/)
})
