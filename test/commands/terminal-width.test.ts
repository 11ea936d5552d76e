import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { describeWith, missing } from '../describe-with.ts'
import { atTerminal } from '../terminal.ts'
import { helloProject } from './hello-project.ts'

jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

describeWith('a terminal', await missing('script'), () => {
  test('builds where the terminal has no width, with a line for each step', async () => {
    const cwd = await helloProject()
    const line = `stty cols 0; ${process.execPath} ${bin} build --no-check`
    const env = { BENTO_HOME: join(cwd, 'home') }
    const { code, screen } = await atTerminal(line, { cwd, env, keys: [] })
    expect(code).toBe(0)
    expect(screen).toMatch(/^Bundling\r?\n[^]*^Storing\r?\n[^]*^Built hello:/m)
  })
})
