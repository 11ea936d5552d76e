import { execFile } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { type NativeFiles, pinNativePackages } from '../../src/build/native-packages.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { createProject, errorOf, writeFiles } from './project.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const engines = { node: '>=20' }

function pin(context: string, packages: string[], allowScripts = {}): Promise<NativeFiles> {
  return pinNativePackages({ context, name: 'iris', packages, engines, allowScripts })
}

function parse(
  files: Pick<NativeFiles, 'files'>,
  name: string,
): Record<string, Record<string, unknown>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the tests look into it key by key
  return JSON.parse(files.files[name] ?? '') as Record<string, Record<string, unknown>>
}

/** Runs npm as a container would, without a network where it needs none. */
async function npm(args: string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', args, { cwd })
  return stdout
}

async function projectWithLock(packages: Record<string, object>, place = ''): Promise<string> {
  const root = await createProject(
    { 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }) },
    [],
  )
  return join(root, place)
}

test('nothing native still makes a lock', async () => {
  const { files, pinned } = await pin(await createProject({}, []), [])
  expect(pinned).toEqual([])
  expect(files).toMatchInlineSnapshot(`
{
  ".npmrc": "",
  "package-lock.json": "{
  "name": "iris",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {
      "name": "iris",
      "dependencies": {},
      "engines": {
        "node": ">=20"
      }
    }
  }
}
",
  "package.json": "{
  "name": "iris",
  "private": true,
  "type": "module",
  "engines": {
    "node": ">=20"
  },
  "dependencies": {},
  "allowScripts": {}
}
",
}
`)
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  await npm(['ci', '--omit=dev', '--offline'], folder)
})

test("pins onnxruntime-node at the version of the project's lock, so that npm ci takes it", async () => {
  const example = join(repository, 'examples/iris')
  const { files, pinned } = await pin(example, ['onnxruntime-node'])
  expect(pinned).toEqual(['onnxruntime-node@1.30.0'])
  expect(files['.npmrc']).toBe('onnxruntime-node-install=skip\n')
  expect(parse({ files }, 'package.json')).toMatchObject({
    dependencies: { 'onnxruntime-node': '1.30.0' },
    allowScripts: { 'onnxruntime-node': false },
  })
  const { packages = {} } = parse({ files }, 'package-lock.json')
  expect(Object.keys(packages)).toContain('node_modules/onnxruntime-common')
  expect(Object.keys(packages).length).toBeLessThan(30)
  expect(packages['node_modules/onnxruntime-node']).toMatchObject({
    integrity: expect.stringMatching(/^sha512-/),
  })
  expect(packages['node_modules/onnxruntime-node']).not.toHaveProperty('dev')
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  await npm(['ci', '--omit=dev', '--dry-run', '--offline'], folder)
})

test('npm ci installs what the lock pins', async () => {
  const { files } = await pin(repository, ['esbuild'])
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  await npm(
    ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'],
    folder,
  )
  await writeFile(
    join(folder, 'check.mjs'),
    `import { transform } from 'esbuild'\nconsole.log((await transform('a', { minify: true })).code)`,
  )
  const { stdout } = await promisify(execFile)('node', ['check.mjs'], { cwd: folder })
  expect(stdout).toBe('a;\n\n')
}, 60_000)

test('a lock that npm itself wrote of an installation will do', async () => {
  const context = await createProject({}, [])
  await cp(
    join(repository, 'node_modules/.package-lock.json'),
    join(context, 'node_modules/.package-lock.json'),
  )
  expect((await pin(context, ['onnxruntime-node'])).pinned).toEqual(['onnxruntime-node@1.30.0'])
})

const nested = {
  'packages/app': {},
  'node_modules/a': {
    version: '1.0.0',
    integrity: 'sha512-a1',
    dependencies: { b: '^1', c: '^1' },
    dev: true,
  },
  'node_modules/b': { version: '1.0.0', integrity: 'sha512-b1' },
  'node_modules/c': {
    version: '1.0.0',
    optionalDependencies: { d: '1', gone: '1' },
    peerDependencies: { e: '1', f: '1' },
    peerDependenciesMeta: { f: { optional: true } },
  },
  'node_modules/d': { version: '1.0.0', dependencies: { g: '1' } },
  'node_modules/e': { version: '1.0.0' },
  'node_modules/f': { version: '1.0.0' },
  'node_modules/g': { version: '1.0.0' },
  'packages/app/node_modules/a': {
    version: '2.0.0',
    integrity: 'sha512-a2',
    dependencies: { b: '^2' },
    hasInstallScript: true,
  },
  'packages/app/node_modules/b': { version: '2.0.0', integrity: 'sha512-b2' },
}

test('resolves in the lock as Node does, from the place of a workspace', async () => {
  const files = await pin(await projectWithLock(nested, 'packages/app'), ['a', 'c'])
  const { packages = {} } = parse(files, 'package-lock.json')
  expect(
    Object.fromEntries(
      Object.entries(packages).map(([place, entry]) => [
        place,
        Reflect.get(Object(entry), 'version'),
      ]),
    ),
  ).toEqual({
    '': undefined,
    'node_modules/a': '2.0.0',
    'node_modules/b': '2.0.0',
    'node_modules/c': '1.0.0',
    'node_modules/d': '1.0.0',
    'node_modules/e': '1.0.0',
    'node_modules/g': '1.0.0',
  })
  expect(packages['node_modules/d']).toHaveProperty('optional', true)
  expect(packages['node_modules/g']).toHaveProperty('optional', true)
  expect(packages['node_modules/e']).not.toHaveProperty('optional')
})

test('two versions of a package keep apart', async () => {
  const lock = {
    'node_modules/x': { version: '1.0.0', dependencies: { b: '^1' } },
    'node_modules/y': { version: '1.0.0', dependencies: { b: '^2' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/y/node_modules/b': { version: '2.0.0' },
  }
  const files = await pin(await projectWithLock(lock), ['x', 'y'])
  expect(parse(files, 'package-lock.json')['packages']).toMatchObject({
    'node_modules/b': { version: '1.0.0' },
    'node_modules/y/node_modules/b': { version: '2.0.0' },
  })
})

test('install scripts run only where the project allows them', async () => {
  const context = await projectWithLock(nested, 'packages/app')
  expect(parse(await pin(context, ['a']), 'package.json')['allowScripts']).toEqual({ a: false })
  expect(parse(await pin(context, ['a'], { a: true }), 'package.json')['allowScripts']).toEqual({
    a: true,
  })
})

test('an alias and a commit stay what they are', async () => {
  const commit = 'git+ssh://git@example.org/x/y.git#0123456789abcdef0123456789abcdef01234567'
  const context = await projectWithLock({
    'node_modules/short': { name: '@scope/long', version: '1.2.3' },
    'node_modules/y': { version: '1.0.0', resolved: commit },
  })
  expect((await pin(context, ['short', 'y'])).pinned).toEqual([
    'short@npm:@scope/long@1.2.3',
    `y@${commit}`,
  ])
})

test.each<[string, Record<string, string>, string]>([
  ['there is no lock', {}, 'No package-lock.json pins "sharp"'],
  [
    'the lock lacks the package',
    { 'package-lock.json': '{"packages":{}}' },
    'does not pin "sharp"',
  ],
  [
    'the lock is of npm 6',
    { 'package-lock.json': '{"lockfileVersion":1}' },
    'is not a lock of npm 7',
  ],
  [
    'the lock lacks what the package needs',
    {
      'package-lock.json':
        '{"packages":{"node_modules/sharp":{"version":"1.0.0","dependencies":{"color":"1"}}}}',
    },
    'does not pin "color"',
  ],
])('says so when %s', async (_, files, expected) => {
  const error = await errorOf(pin(await createProject(files, []), ['sharp']))
  expect(error).toMatchObject({
    code: 'LOCKFILE_MISSING',
    message: expect.stringContaining(expected),
    hint: expect.stringContaining('npm install'),
  })
})

test('says how to write a lock beside that of another manager', async () => {
  const context = await createProject({ 'pnpm-lock.yaml': '' }, [])
  expect(await errorOf(pin(context, ['sharp']))).toMatchObject({
    code: 'LOCKFILE_MISSING',
    hint: 'bento reads no pnpm-lock.yaml: run `npm update --package-lock-only` beside it, and keep package-lock.json.',
  })
})

test('a native package from a folder of this machine cannot be packed', async () => {
  const context = await projectWithLock({
    'node_modules/sharp': { resolved: '../sharp', link: true },
  })
  expect(await errorOf(pin(context, ['sharp']))).toMatchObject({ code: 'BUILD_FAILED' })
})

test('the lock that is written is sorted, whatever the order of the one that is read', async () => {
  const text = await readFile(join(repository, 'package-lock.json'), 'utf8')
  const { files } = await pin(repository, ['onnxruntime-node'])
  const { packages = {} } = parse({ files }, 'package-lock.json')
  expect(Object.keys(packages)).toEqual(Object.keys(packages).toSorted())
  expect(text.length).toBeGreaterThan((files['package-lock.json'] ?? '').length)
})
