import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { exportBento } from '../../src/store/transfer.ts'
import { echoProject, build } from '../build/echo-project.ts'
import { describeWith } from '../describe-with.ts'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

jest.setTimeout(120_000)

const command = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

describeWith('a disk that is full', canMount() ? [] : ['root, who mounts one'], () => {
  let home = ''
  let context = ''
  let archive = ''

  const bento = (...args: readonly string[]): Promise<string> =>
    run(process.execPath, [command, ...args], { cwd: context, env: { BENTO_HOME: home } })

  beforeAll(async () => {
    const project = await echoProject()
    context = project.context
    const { tag } = await build(context, project.home)
    archive = await exportBento(openBentoStore(project.home), tag, `${await temporaryFolder()}/`)
    home = await temporaryFolder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', home])
    await bento('models', 'import', join(project.home, 'echo.onnx'))
    await bento('models', 'import', join(project.home, 'echo.onnx'), '--name', 'extra')
  })

  afterAll(() => void execFileSync('umount', [home]))

  test.each([
    ['build', () => ['build', '--no-check']],
    ['import', () => ['import', archive]],
  ])('is said by %s, which leaves nothing behind', async (_name, args) => {
    await expect(bento(...args())).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^STORE_FAILED: The disk is full: ENOSPC[^]*Make room/m),
    })
    expect(await openBentoStore(home).list()).toEqual([])
    expect(await readdir(join(home, 'bentos/.staging'))).toEqual([])
    expect(await openModelStore(home).list()).toHaveLength(2)
  })
})
