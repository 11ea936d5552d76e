import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { readProfiles } from '../../src/config/profile-file.ts'
import { count, list, number, object, optional, text } from '../../src/lib/shape.ts'
import { readBentoManifest } from '../../src/store/manifest-files.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { build, echoProject } from '../build/echo-project.ts'
import { createProject } from '../build/project.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// Real servers, and real runs.
jest.setTimeout(120_000)

/** A launch of 6 ms, and 1 ms for each row. */
const slow = `
  import { api, service } from 'bentojs'
  import { setTimeout } from 'node:timers/promises'
  import { z } from 'zod'

  @service()
  export class Slow {
    @api({ input: { rows: z.array(z.number()).max(16) }, output: z.array(z.number()), batchable: true, maxBatchSize: 8 })
    async double({ rows }: { rows: number[] }): Promise<number[]> {
      await setTimeout(6 + rows.length)
      return rows.map((row) => 2 * row)
    }
  }
`

const readReport = object({
  curves: list(
    object({
      kind: text,
      name: text,
      maxBatchSize: count,
      note: optional(text),
      sizes: list(object({ rows: count, ms: number })),
    }),
  ),
})

function slowProject(): Promise<string> {
  return createProject({ 'package.json': '{"type":"module"}', 'service.ts': slow })
}

test('measures a method, stores its profile, and says where it stopped', async () => {
  const cwd = await slowProject()
  const line = 'tune --rounds 1 --up-to 32 -o json'
  const { code, stdout, stderr } = await runBento(line, { cwd })
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Stored in <cwd>/bento-profile.json'),
  })
  const { curves } = readReport(JSON.parse(stdout), '')
  expect(curves).toHaveLength(1)
  const { note, sizes = [] } = curves[0] ?? {}
  expect(curves[0]).toMatchObject({ kind: 'method', name: 'double', maxBatchSize: 8 })
  expect(note).toContain('32 rows were not measured')
  expect(sizes.map(({ rows }) => rows)).toEqual([1, 2, 4, 8, 16])
  // A timer is never early by more than its resolution.
  expect(sizes[4]?.ms).toBeGreaterThanOrEqual(21)
  expect((await readProfiles(cwd))?.methods['double']).toEqual(sizes)
})

test('measures a model that batches by itself, and a build packs what was measured', async () => {
  const { home, context } = await echoProject()
  const env = { BENTO_HOME: home, TOKEN: 'x' }
  const models = openModelStore(home)
  const signatures = { run: { batchable: true, batch_dim: 0 } }
  await models.amend('echo', (manifest) => ({ ...manifest, signatures }))
  const { code, stdout } = await runBento('tune --rounds 1 --up-to 4', { cwd: context, env })
  expect(code).toBe(0)
  expect(stdout).toContain('Method run\n\n  max_batch_size   ms a batch   worst ms     rows/s\n')
  expect(stdout).toContain('Model echo:latest\n\n  max_batch_size')
  const { profile } = (await models.require('echo')).manifest
  expect(profile?.points.map(({ rows }) => rows)).toEqual([1, 2, 4])
  const stored = await readProfiles(context)
  const bento = await build(context, home)
  const { apis } = await readBentoManifest(bento.path)
  expect(apis[0]?.profile).toEqual(stored?.methods['run'])
  const again = await runBento(['tune', bento.tag, '--rounds', '1', '--up-to', '1'], { env })
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('a bento never changes'),
  })
})

test.each([
  [['tune', '--endpoint', 'nothing'], 'USAGE: No batchable method has the route "nothing"'],
  [['tune'], 'USAGE: Nothing of "Hello" is batched'],
  [['tune', '--data', 'nowhere.json'], 'FILE_NOT_FOUND: '],
  [['tune', 'http://127.0.0.1:1'], 'TARGET_NOT_FOUND: '],
])('refuses %j', async (line, start) => {
  const { code, stderr } = await runBento(line, { cwd: await helloProject() })
  expect(code).toBeGreaterThan(0)
  expect(stderr).toContain(start)
})

test('a profile that is broken ends serving and building with one error', async () => {
  const cwd = await slowProject()
  await writeFile(join(cwd, 'bento-profile.json'), '{}')
  const { code, stderr } = await runBento('build --no-check', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('PROFILE_INVALID: "<cwd>/bento-profile.json" is no profile')
  expect(await readFile(join(cwd, 'bento-profile.json'), 'utf8')).toBe('{}')
})
