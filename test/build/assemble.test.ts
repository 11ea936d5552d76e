import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { assembleForServing, type Assembled } from '../../src/build/assemble.ts'
import { resolveTarget } from '../../src/build/target.ts'
import { ownPid } from '../../src/lib/exec.ts'
import { importModel } from '../../src/models/save.ts'
import { readBentoManifest } from '../../src/store/manifest-files.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { createProject, greeter, writeFiles } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(60_000)

async function assemble(context: string, home: string, isChanged = false): Promise<Assembled> {
  const findBento = (): Promise<undefined> => Promise.resolve(undefined)
  const project = await resolveTarget(undefined, { cwd: context, findBento })
  if (project.kind !== 'project') throw new Error('not a project')
  return assembleForServing({ project, models: openModelStore(home), isChanged })
}

test('a project becomes what can be served from here', async () => {
  const home = await temporaryFolder()
  const file = join(home, 'echo.onnx')
  await writeFile(file, identityModel('float32', ['rows', 2]))
  const model = await importModel(openModelStore(home), { file, name: 'echo' })
  const source = `import { models } from 'bentojs'\n${greeter.replace('  @api', "  readonly model = models.get('echo')\n\n  @api")}`
  const context = await createProject({ 'service.ts': source, 'lib.ts': '' })

  const { path, manifest, inputs } = await assemble(context, home)

  expect(path).toBe(join(context, '.bento', `serve-${ownPid}-1`))
  expect(await readBentoManifest(path)).toEqual(manifest)
  expect(manifest).toMatchObject({
    name: 'greeter',
    version: 'development',
    models: [
      { requested: 'echo', tag: model.tag, path: model.path, main: 'echo.onnx', runtime: 'onnx' },
    ],
  })
  expect(inputs).toEqual([join(context, 'service.ts')])
  expect((await readdir(path)).toSorted()).toEqual(['apis', 'bento.yaml', 'dist'])
  expect(await readFile(join(context, '.bento/.gitignore'), 'utf8')).toBe('*\n')
})

test('what dead processes left is removed, and what runs is not touched', async () => {
  const context = await createProject({ 'service.ts': greeter })
  // The largest number that Linux gives to no process.
  const dead = join(context, '.bento/serve-4194305-1')
  await writeFiles(dead, { 'bento.yaml': '' })
  await mkdir(join(context, '.bento/kept'), { recursive: true })
  const home = await temporaryFolder()
  const first = await assemble(context, home)
  const second = await assemble(context, home)
  expect(second.path).not.toBe(first.path)
  expect((await readdir(join(context, '.bento'))).toSorted()).toEqual([
    '.gitignore',
    'cache',
    'kept',
    `serve-${ownPid}-1`,
    `serve-${ownPid}-2`,
  ])
})

test('the next start takes the bundle of the one before, until a file of it changes', async () => {
  const context = await createProject({ 'service.ts': greeter })
  const home = await temporaryFolder()
  const cache = join(context, '.bento/cache')
  const described = async (): Promise<string> => {
    const { manifest } = await assemble(context, home)
    return manifest.apis.map(({ name }) => name).join()
  }
  // The second time for a machine so quick that the files are of the same tick as the first.
  await described()
  const first = await described()
  const [name = '', ...others] = await readdir(cache)
  expect(others).toEqual([])
  const { mtimeMs } = await stat(join(cache, name))
  expect(await described()).toBe(first)
  expect((await stat(join(cache, name))).mtimeMs).toBe(mtimeMs)
  await writeFiles(context, { 'service.ts': greeter.replaceAll('greet(', 'welcome(') })
  expect(await described()).toBe('welcome')
  // Who serves what is being written keeps nothing of it.
  await rm(cache, { recursive: true })
  await assemble(context, home, true)
  expect(await readdir(join(context, '.bento'))).not.toContain('cache')
})
