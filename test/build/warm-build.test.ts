import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { createCacheFolder } from '../../src/build/own-folder.ts'
import { build, echo, echoProject } from './echo-project.ts'
import { errorOf, writeFiles } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(120_000)

test('a warm build makes what a cold one makes, of what the project and its variables are now', async () => {
  const { home, context } = await echoProject()
  const source = echo
    .replace("from: 'service'", "from: 'service', where: process.env['WHERE'] ?? ''")
    .replace("from 'bentojs'\n", "from 'bentojs'\nimport { team } from './team.js'\n")
    .replace("team: 'ml'", 'team')
  await writeFiles(context, { 'service.ts': source, 'team.ts': `export const team = 'ml'\n` })
  const cache = await createCacheFolder(context)
  if (cache === undefined) throw new Error('no folder to keep bundles in')
  const warm = (where: string): ReturnType<typeof build> =>
    build(context, home, { check: false, cache, env: { WHERE: where } })

  const cold = await build(context, home, { check: false, env: { WHERE: 'here' } })
  // The second time for a machine so quick that the files are of the same tick as the first.
  await warm('here')
  await warm('here')
  const [name = '', ...others] = await readdir(cache)
  expect(others).toEqual([])
  const { mtimeMs } = await stat(join(cache, name))
  // Its version is a digest of all its bytes.
  expect((await warm('here')).version).toBe(cold.version)
  expect((await warm('there')).manifest.labels).toMatchObject({ team: 'ml', where: 'there' })
  expect((await stat(join(cache, name))).mtimeMs).toBe(mtimeMs)

  await writeFiles(context, { 'team.ts': `export const team = 'ops'\n` })
  expect((await warm('here')).manifest.labels).toMatchObject({ team: 'ops' })
  await writeFiles(context, { 'service.ts': `${source}}` })
  expect(await errorOf(warm('here'))).toMatchObject({ code: 'BUILD_FAILED' })
})

test('a project that cannot be written has nowhere to keep anything', async () => {
  const { context } = await echoProject()
  await writeFiles(context, { '.bento': 'a file' })
  expect(await createCacheFolder(context)).toBeUndefined()
  expect(await readFile(join(context, '.bento'), 'utf8')).toBe('a file')
})
