import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { type Bundle, bundle } from '../../src/build/bundle.ts'
import { runNode } from '../../src/lib/exec.ts'
import { createProject, errorOf, greeter, writeFiles } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(60_000)

function bundleProject(context: string, attr?: string): Promise<Bundle> {
  const module = join(context, 'service.ts')
  return bundle({
    context,
    module,
    attr,
    outDir: join(context, '../out/dist'),
    sourceRoot: join(context, '../out/src'),
  })
}

/** Runs a script that imports the bundle, with nothing of the project in reach. */
async function runScript(context: string, script: string): Promise<unknown> {
  const file = join(context, '../out/check.mjs')
  await writeFile(file, script)
  const { code, stdout, stderr } = await runNode(file, { cwd: join(context, '../out') })
  if (code !== 0) throw new Error(stderr)
  const value: unknown = JSON.parse(stdout)
  return value
}

async function bytesOf(context: string): Promise<Record<string, string>> {
  const folder = join(context, '../out/dist')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const texts = files.map(async (file): Promise<[string, string]> => [
    file.slice(folder.length),
    await readFile(file, 'utf8'),
  ])
  return Object.fromEntries(await Promise.all(texts))
}

test('the bundle runs where nothing is installed', async () => {
  const context = await createProject({ 'service.ts': greeter })
  const bundled = await bundleProject(context)
  const inputs = [join(context, 'service.ts')]
  expect(bundled).toMatchObject({ externals: [], inputs, warnings: [] })
  // What bento's own runtime is made of: nothing of the project's.
  expect(bundled.packages.map(({ name }) => name)).toContain('prom-client')
  const script = `import * as service from './dist/service.mjs'
const { name, apis } = await service.describe()
console.log(JSON.stringify([Object.keys(service), name, apis.map((api) => api.route)]))`
  expect(await runScript(context, script)).toEqual([
    ['createApp', 'createHandler', 'describe', 'serve'],
    'Greeter',
    ['/greet'],
  ])
})

test('the same project gives the same bytes in another folder', async () => {
  const first = await createProject({ 'service.ts': greeter })
  const second = join(await createProject({}), 'deeper/and/deeper')
  await writeFiles(second, { 'service.ts': greeter })
  await mkdir(join(second, 'node_modules'), { recursive: true })
  await writeFiles(first, shared)
  await writeFiles(second, shared)
  for (const context of [first, second]) {
    await writeFile(join(context, 'service.ts'), greeter.replace("'zod'", "'shared'"))
    await bundleProject(context)
  }
  const bytes = await bytesOf(first)
  expect(await bytesOf(second)).toEqual(bytes)
  const whole = Object.values(bytes).join('\n')
  expect(whole).not.toContain(first)
  expect(whole).not.toContain(fileURLToPath(new URL('../../src', import.meta.url)))
})

const shared = {
  'node_modules/shared/package.json':
    '{"name":"shared","version":"1.0.0","type":"module","main":"index.js"}',
  'node_modules/shared/index.js': `export const z = { string: () => ({ '~standard': {
  version: 1, vendor: 'shared', validate: (value) => ({ value }),
  jsonSchema: { input: () => ({ type: 'string' }), output: () => ({ type: 'string' }) },
} }) }`,
}

test("the user's code and the runtimes are behind dynamic imports", async () => {
  const context = await createProject({
    'service.ts': `globalThis.imported = true\n${greeter}`,
  })
  await bundleProject(context)
  const script = `await import('./dist/service.mjs')
console.log(JSON.stringify(globalThis.imported ?? false))`
  expect(await runScript(context, script)).toBe(false)
})

test('a class keeps its name beside another of the same name', async () => {
  const context = await createProject({
    'service.ts': `import { Greeter as Other } from './other.ts'\n${greeter}\nexport const other = new Other()`,
    'other.ts': 'export class Greeter {}',
  })
  await bundleProject(context, 'Greeter')
  const script = `import { describe } from './dist/service.mjs'
console.log(JSON.stringify((await describe()).name))`
  expect(await runScript(context, script)).toBe('Greeter')
})

test('CommonJS packages find require and their own folder', async () => {
  const context = await createProject({
    'service.ts': `import old from 'old'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const __dirname = 'mine'
${greeter}
Object.assign(globalThis, { old: old(), own: [typeof require, __dirname] })`,
    'node_modules/old/package.json': '{"name":"old","version":"1.0.0"}',
    'node_modules/old/index.js': `const os = require('node:os')
const name = 'path'
module.exports = () => [os.EOL, require('node:' + name).sep, __dirname.length > 0, __filename.endsWith('.mjs')]`,
  })
  await bundleProject(context)
  const script = `import { describe } from './dist/service.mjs'
await describe()
console.log(JSON.stringify([globalThis.old, globalThis.own]))`
  expect(await runScript(context, script)).toEqual([
    ['\n', '/', true, true],
    ['function', 'mine'],
  ])
})

test.each<[string, Record<string, string>, boolean]>([
  ['machine code of its own', { 'build/x.node': '' }, true],
  ['sources of machine code', { 'binding.gyp': '' }, true],
  [
    'a package for each platform',
    { 'node_modules/p-linux/package.json': '{"name":"p-linux","cpu":["x64"]}' },
    true,
  ],
  [
    'a package for one system only',
    { 'node_modules/p-linux/package.json': '{"name":"p-linux","os":["darwin"]}' },
    false,
  ],
  ['machine code in another package', { 'node_modules/other/x.node': '' }, false],
])('a package with %s is left out or not', async (_, files, isExternal) => {
  const inside = Object.entries(files).map(([name, text]): [string, string] => [
    `node_modules/p/${name}`,
    text,
  ])
  const context = await createProject({
    'service.ts': `import * as p from 'p/sub.js'\n${greeter}\nObject.assign(globalThis, { p })`,
    'node_modules/p/package.json':
      '{"name":"p","version":"1.0.0","optionalDependencies":{"p-linux":"1"}}',
    'node_modules/p/sub.js': 'exports.x = 1',
    ...Object.fromEntries(inside),
  })
  expect((await bundleProject(context)).externals).toEqual(isExternal ? ['p'] : [])
})

test('shows the lines that cannot be bundled', async () => {
  const context = await createProject({
    'service.ts': `import { z } from 'zodd'\n\timport { x } from './gone.ts'\nexport const a = 'é' +* 3\n`,
  })
  expect(await errorOf(bundleProject(context))).toMatchObject({ code: 'BUILD_FAILED' })
  await writeFile(
    join(context, 'service.ts'),
    `import { z } from 'zodd'\n\timport { x } from './gone.ts'\nexport { x, z }`,
  )
  const { message, hint } = await errorOf(bundleProject(context))
  expect(message).toMatchInlineSnapshot(`
"Bundling "service.ts" has 2 problems
✖ service.ts:1:19 Could not resolve "zodd"
    import { z } from 'zodd'
                      ^^^^^^
✖ service.ts:2:20 Could not resolve "./gone.ts"
    	import { x } from './gone.ts'
    	                  ^^^^^^^^^^^"
`)
  expect(hint).toBe('Run `npm install zodd` in the project.')
})

test('the command line is not for services', async () => {
  const context = await createProject({
    'service.ts': `import x from 'bentojs/commands'\n${greeter}\nx()`,
  })
  expect((await errorOf(bundleProject(context))).message).toContain('import from "bentojs"')
})

test('leaves out what a service does not use of zod, and shows its own lines as they are', async () => {
  expect(greeter).toContain("import { z } from 'zod'")
  const context = await createProject({ 'service.ts': greeter })
  // Of zod's messages in German.
  const has = async (text: string): Promise<boolean> =>
    Object.values(await bytesOf(context))
      .join('')
      .includes(text)
  await bundleProject(context)
  expect(await has('ltige Eingabe')).toBe(false)
  expect(await has(JSON.stringify(greeter).slice(1, -1))).toBe(true)
  const german = `${greeter}\nObject.assign(globalThis, { german: z.locales.de })`
  await writeFile(join(context, 'service.ts'), german)
  await bundleProject(context)
  expect(await has('ltige Eingabe')).toBe(true)
  await writeFile(join(context, 'service.ts'), `import { z } from 'zod'; import './gone.ts'\nz`)
  expect((await errorOf(bundleProject(context))).message).toContain(
    "import { z } from 'zod'; import './gone.ts'",
  )
})

test("a stack points at the user's line where the bento has it", async () => {
  const context = await createProject({
    'service.ts': `${greeter}\nexport function fail(): never {\n  throw new Error('boom')\n}\nfail()\n`,
  })
  await bundleProject(context)
  const file = join(context, '../out/dist/service.mjs')
  await writeFile(
    join(context, '../out/check.mjs'),
    `import { describe } from ${JSON.stringify(pathToFileURL(file).href)}\nawait describe()`,
  )
  const { stderr } = await runNode(join(context, '../out/check.mjs'), {
    cwd: context,
    nodeFlags: ['--enable-source-maps'],
  })
  expect(stderr).toContain(`${join(context, '../out/src/service.ts')}:13:9`)
})
