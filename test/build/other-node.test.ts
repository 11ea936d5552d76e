import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { digestFile } from '../../src/lib/files.ts'
import { describeWith } from '../describe-with.ts'
import { run } from '../processes.ts'
import { echoProject } from './echo-project.ts'

// Each of them builds in a process of its own.
jest.setTimeout(120_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))
// The path of another version's `node`; CI has one.
const other = process.env['BENTO_TEST_OTHER_NODE']

/** Builds the project anew with this `node`, and gives the digest of its archive. */
async function digestBy(node: string): Promise<string> {
  const { home, context } = await echoProject()
  const env = { BENTO_HOME: home }
  const bento = (...args: readonly string[]): Promise<string> =>
    run(node, [bin, ...args], { cwd: context, env })
  const tag = (await bento('build', '-o', 'tag')).trim()
  const archive = join(home, 'echo.bento')
  await bento('export', tag, archive)
  return (await digestFile(archive)).sha256
}

describeWith('a build', other === undefined ? ['BENTO_TEST_OTHER_NODE'] : [], () => {
  test('gives the same archive on another version of Node', async () => {
    const node = String(other)
    expect(await run(node, ['--version'], { cwd: '.' })).not.toBe(`${process.version}\n`)
    expect(await digestBy(node)).toBe(await digestBy(process.execPath))
  })
})
