import { mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type Made, makeOnce } from '../../src/build/kept.ts'
import { seenWith } from '../../src/build/seen.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { writeFiles } from './project.ts'

interface Kitchen {
  readonly context: string
  readonly cache: string
  /** How often the thing has been made, after asking for it once more. */
  readonly ask: (key?: string) => Promise<number>
}

const files = {
  'package.json': '{}',
  'tsconfig.json': '{ "extends": ["./base", "@acme/config"] }',
  'base.json': '{}',
  'service.ts': `import './lib/names'`,
  'lib/names/index.ts': '',
  'node_modules/@acme/config/tsconfig.json': '{}',
  'node_modules/zod/package.json': '{ "version": "4.0.0" }',
  'node_modules/zod/lib/index.js': '',
}

/** Something that is made of three files, and a clock that is far ahead of theirs. */
async function openKitchen(): Promise<Kitchen> {
  const folder = await temporaryFolder()
  const context = join(folder, 'project')
  const cache = join(folder, 'cache')
  await mkdir(cache)
  await writeFiles(context, files)
  const inputs = ['service.ts', 'lib/names/index.ts', 'node_modules/zod/lib/index.js'].map((file) =>
    join(context, file),
  )
  let made = 0
  const make = async (): Promise<Made<number>> => {
    made += 1
    return { value: made, seen: await seenWith({ inputs, context, fixed: [] }) }
  }
  const nowMs = (): number => Date.now() + 60_000
  const ask = async (key = ''): Promise<number> => {
    await makeOnce({ folder: cache, name: 'meal', key, make, nowMs })
    return made
  }
  return { context, cache, ask }
}

test('what was made is taken while nothing has changed', async () => {
  const { context, ask } = await openKitchen()
  expect(await ask()).toBe(1)
  expect(await ask()).toBe(1)
  // A file that is only touched is the same; what begins with a dot belongs to tools.
  await utimes(join(context, 'service.ts'), 1, 1)
  await writeFiles(context, { 'service.ts': files['service.ts'], '.bento/cache/more.json': '' })
  expect(await ask()).toBe(1)
  expect(await ask('another way')).toBe(2)
})

test.each<[string, Record<string, string>]>([
  ['a file of it changed', { 'lib/names/index.ts': '// more' }],
  ['a new file is found before one of it', { 'lib/names.ts': '' }],
  ['a package changed', { 'node_modules/zod/package.json': '{ "version": "4.0.1" }' }],
  ['a package has a file more', { 'node_modules/zod/lib/index.mjs': '' }],
  ['a package came', { 'node_modules/extra/index.js': '' }],
  ['a package came above the project', { '../node_modules/extra/index.js': '' }],
  ['npm installed', { 'node_modules/.package-lock.json': '{}' }],
  ['tsconfig.json changed', { 'tsconfig.json': '{}' }],
  ['a tsconfig.json came above the project', { '../tsconfig.json': '{}' }],
  ['what tsconfig.json extends changed', { 'base.json': '{ "compilerOptions": {} }' }],
  ['a file is found before what it extends', { base: '{}' }],
  ['a package that it extends changed', { 'node_modules/@acme/config/tsconfig.json': '{ }' }],
])('it is made again where %s', async (_, change) => {
  const { context, ask } = await openKitchen()
  await ask()
  await writeFiles(context, change)
  expect(await ask()).toBe(2)
  expect(await ask()).toBe(2)
})

test('it is made again where a file of it is gone, or a package is linked to another', async () => {
  const { context, ask } = await openKitchen()
  await ask()
  await rm(join(context, 'lib/names/index.ts'))
  expect(await ask()).toBe(2)
  await symlink('zod', join(context, 'node_modules/linked'))
  expect(await ask()).toBe(3)
  await rm(join(context, 'node_modules/linked'))
  await symlink('@acme', join(context, 'node_modules/linked'))
  expect(await ask()).toBe(4)
})

test.each<[string, Record<string, string>]>([
  ['nobody can tell what tsconfig.json extends', { 'tsconfig.json': '{ "extends": "@gone/it" }' }],
])('it is not kept where %s', async (_, change) => {
  const { context, ask, cache } = await openKitchen()
  await writeFiles(context, change)
  await ask()
  expect(await ask()).toBe(2)
  expect(await readdir(cache)).toEqual([])
})

test("what lies in a folder around the project is nothing to bento's own files in it", async () => {
  const { context } = await openKitchen()
  const above = join(context, '..')
  await writeFiles(above, { 'bento/dist/x.js': '' })
  const own = [join(above, 'bento/dist/x.js')]
  const { folders } = (await seenWith({ inputs: [], own, context, fixed: [] })) ?? {}
  expect(folders).toEqual(expect.arrayContaining([join(above, 'bento'), join(above, 'bento/dist')]))
  expect(folders).not.toContain(above)
})

test('it is not kept where a file may have been written while it was made', async () => {
  const { context, cache } = await openKitchen()
  const make = async (): Promise<Made<string>> => {
    const seen = await seenWith({ inputs: [join(context, 'service.ts')], context, fixed: [] })
    await writeFile(join(context, 'service.ts'), 'new')
    return { value: 'of the old text', seen }
  }
  await makeOnce({ folder: cache, name: 'meal', key: '', make })
  expect(await readdir(cache)).toEqual([])
})

test('what was kept and then damaged is made again', async () => {
  const { cache, ask } = await openKitchen()
  await ask()
  const [name = ''] = await readdir(cache)
  await writeFile(join(cache, name), 'half of it')
  expect(await ask()).toBe(2)
  expect(await ask()).toBe(2)
})

test('a folder that is not there costs nothing but time, and few are kept', async () => {
  const { cache, ask } = await openKitchen()
  for (const key of 'abcdef') await ask(key)
  expect(await readdir(cache)).toHaveLength(4)
  await rm(cache, { recursive: true })
  expect(await ask('a')).toBe(7)
  expect(await ask('a')).toBe(8)
})
