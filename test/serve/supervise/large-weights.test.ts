import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { describeWith } from '../../describe-with.ts'
import { side, writeLargeModel } from '../../models/large-model.ts'
import { start } from '../../processes.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

// A bundle, two processes and 64 MiB of weights.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../../bin/bento.js', import.meta.url))

/** How many processes have mapped a file below this folder. Linux alone says so. */
async function countMappers(folder: string): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const maps = ids.map((id) => readFile(`/proc/${id}/maps`, 'utf8').catch(() => ''))
  return (await Promise.all(maps)).filter((text) => text.includes(folder)).length
}

const isWeights = (name: string): boolean => name.startsWith('bento-weights-')

const lacking = existsSync('/proc/self/maps') ? [] : ['/proc']

describeWith('large weights', lacking, () => {
  test('two workers map one copy of large weights, which goes with the server', async () => {
    const cwd = await temporaryFolder()
    const temporary = join(cwd, 'tmp')
    await mkdir(temporary)
    const file = await writeLargeModel(cwd)
    const args = [bin, 'serve', '--model', file, '--workers', '2', '--port', '0']
    const env = { BENTO_HOME: join(cwd, 'home'), TMPDIR: temporary }
    const served = start(process.execPath, args, { cwd, env })
    try {
      await served.printed(/Plan: 2 workers .*, large weights once for all\n/)
      const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ x: [Array.from({ length: side }, () => 0)] })
      const answer = await fetch(`${url}/predict`, { method: 'POST', headers, body })
      expect(await answer.json()).toEqual([Array.from({ length: side }, () => 0)])
      const folder = (await readdir(temporary)).find(isWeights) ?? ''
      expect(await countMappers(join(temporary, folder))).toBe(2)
    } finally {
      expect(await served.interrupt()).toBe(0)
    }
    expect((await readdir(temporary)).filter(isWeights)).toEqual([])
  })
})
