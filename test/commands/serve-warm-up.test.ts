import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { defaultTolerance, type Pair, writeGolden } from '../../src/verify/golden.ts'
import { createProject } from '../build/project.ts'
import { start } from '../processes.ts'
import { runBento } from './run-bento.ts'

// Each test bundles a service and starts real processes.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

const remembering = `
  import { api, service } from 'bentojs'
  import { z } from 'zod'

  const seen: string[] = []

  @service()
  export class Memory {
    @api({ input: { word_of: z.string() }, output: z.array(z.string()) })
    note({ word_of }: { word_of: string }): string[] {
      seen.push(word_of)
      return seen
    }
  }
`

async function projectWith(pairs: readonly Pair[]): Promise<string> {
  const cwd = await createProject({
    'package.json': '{"type":"module"}',
    'service.ts': remembering,
  })
  await writeGolden(join(cwd, 'golden.json'), { format: 1, tolerance: defaultTolerance, pairs })
  return cwd
}

const good = { route: '/note', status: 200, answer: [] }

test('has run the requests of a golden file before the first client is let in', async () => {
  const cwd = await projectWith([
    { ...good, request: { word_of: 'one' } },
    { ...good, request: {}, status: 400 },
    { ...good, request: { word_of: '${two}' } },
  ])
  const line = [bin, 'serve', '--port', '0', '--warm-up', 'golden.json']
  const served = start(process.execPath, line, { cwd, env: { BENTO_HOME: join(cwd, 'home') } })
  try {
    const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
    const headers = { 'content-type': 'application/json' }
    const body = '{"word_of":"three"}'
    const answer = await fetch(`${url}/note`, { method: 'POST', headers, body })
    expect(await answer.json()).toEqual(['one', '${two}', 'three'])
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test.each([
  [
    { ...good, route: '/old', request: {} },
    'GOLDEN_INVALID: "<cwd>/golden.json" has requests to /old',
  ],
  [{ ...good, request: { word_of: 1 } }, 'STARTUP_FAILED: The warm-up of "note" failed: word_of:'],
])('refuses a golden file that does not fit: %j', async (pair, beginning) => {
  const cwd = await projectWith([pair])
  const { code, stderr } = await runBento('serve --port 0 --warm-up golden.json', { cwd })
  expect(code).toBeGreaterThan(0)
  expect(stderr).toContain(beginning)
})

test('refuses a golden file that is not there', async () => {
  const cwd = await projectWith([{ ...good, request: {} }])
  const { code, stderr } = await runBento('serve --port 0 --warm-up nowhere.json', { cwd })
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('FILE_NOT_FOUND: "<cwd>/nowhere.json" cannot be read'),
  })
})
