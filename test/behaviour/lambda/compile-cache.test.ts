import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { openBentoStore } from '../../../src/store/bento-store.ts'
import { helloProject } from '../../commands/hello-project.ts'
import { runBento } from '../../commands/run-bento.ts'
import { describeWith } from '../../describe-with.ts'
import { start, type Started } from '../../processes.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { functionUrl } from './events.ts'
import { programHost } from './hosts.ts'

jest.setTimeout(60_000)

// Node 20 has no compile cache: then the path of a newer one is needed; CI has one.
const [major = 0] = process.versions.node.split('.').map(Number)
const node = major >= 22 ? process.execPath : process.env['BENTO_TEST_OTHER_NODE']

describeWith('A function', node === undefined ? ['BENTO_TEST_OTHER_NODE'] : [], () => {
  let bento: string

  beforeAll(async () => {
    const cwd = await helloProject()
    await runBento('build --no-check', { cwd })
    bento = (await openBentoStore(join(cwd, 'home')).require('hello')).path
  })

  /** What Node says of its cache while a function starts, answers, and ends as Lambda ends it. */
  async function startIn(environment: string): Promise<string> {
    const run = (host: string): Started => {
      const env = { AWS_LAMBDA_RUNTIME_API: host, TMPDIR: environment }
      const debug = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
      return start(node ?? '', ['dist/service.mjs'], { cwd: bento, env: { ...env, ...debug } })
    }
    let program: Started | undefined
    const host = await programHost(functionUrl, (at) => (program = run(at)))
    const call = { method: 'POST', path: '/greet', headers: {}, body: Buffer.alloc(0) }
    const { status } = await host.send(call)
    // The second answer comes after the first has been seen off.
    await host.send(call)
    await host.close()
    expect(status).toBe(200)
    return program?.output() ?? ''
  }

  const accepted = (output: string): number =>
    output.match(/cache for ESM .* was accepted/g)?.length ?? 0

  test('finds what it has compiled when its environment starts it again', async () => {
    const environment = await temporaryFolder()
    const first = await startIn(environment)
    expect([accepted(first), first]).toEqual([0, expect.stringMatching(/writing cache for ESM/)])
    expect(await readdir(join(environment, 'bento-compiled'))).toHaveLength(1)
    const again = await startIn(environment)
    expect(accepted(again)).toBeGreaterThan(10)
    expect(again).not.toMatch(/was rejected/)
  })

  test('reads nothing from a folder that others can write to', async () => {
    const environment = await temporaryFolder()
    const folder = join(environment, 'bento-compiled')
    await mkdir(folder)
    await chmod(folder, 0o777)
    expect(await startIn(environment)).not.toMatch(/cache for ESM/)
    expect(await readdir(folder)).toEqual([])
  })

  test('starts without where nothing can be written', async () => {
    const environment = await temporaryFolder()
    await writeFile(join(environment, 'bento-compiled'), '')
    expect(await startIn(environment)).not.toMatch(/cache for ESM/)
  })
})
