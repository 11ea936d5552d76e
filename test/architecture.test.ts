import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { globSync } from 'tinyglobby'

const root = fileURLToPath(new URL('../src', import.meta.url))
const files = globSync('**/*.ts', { cwd: root }).toSorted()

/*
 *          commands                                          composes everything
 *             │
 *   init  build  containerize  deploy  remote  models   serve  client  testing   ← work
 *             │                                     │
 *          config  store                         service                   ← nouns
 *             │
 *            log ───────── errors ───────── lib                            ← ground
 *
 * Folders of a row do not import each other, but for what is said here. A folder that is not there yet keeps its place.
 */
const ground = ['lib', 'errors']
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: ['errors'],
  errors: [],
  log: ground,
  config: [...ground, 'log'],
  // A manifest is read strictly, by the schemas of the options in it.
  store: [...ground, 'log', 'config'],
  service: [...ground, 'log'],
  // `models.save` and its like are for scripts; they are not part of what a service bundles.
  sdk: [...ground, 'log', 'service'],
  index: [...ground, 'service', 'sdk', 'models'],
  runtimes: [...ground, 'log'],
  models: [...ground, 'log', 'config', 'store', 'runtimes'],
  serve: [...ground, 'log', 'config', 'store', 'service', 'runtimes'],
  // Puts load on a running service.
  load: ground,
  // Measures what batches take.
  tune: [...ground, 'config', 'store', 'runtimes', 'serve'],
  // Compares what services answer.
  verify: ground,
  // The rows that are stored with a model lie where its runtime reads them.
  init: [...ground, 'config', 'store', 'models', 'runtimes'],
  // The Dockerfile of a bento: one is in the bento, another goes to an engine.
  dockerfile: [...ground, 'config', 'store'],
  build: [...ground, 'log', 'config', 'store', 'service', 'models', 'runtimes', 'dockerfile'],
  // An OCI registry's client, for whoever pulls or pushes.
  registry: ground,
  // Whose keys are shown to AWS, for S3 and for Lambda.
  aws: ground,
  containerize: [...ground, 'log', 'config', 'store', 'registry', 'dockerfile'],
  remote: [...ground, 'log', 'config', 'store', 'registry', 'aws'],
  deploy: [...ground, 'log', 'config', 'store', 'containerize', 'aws'],
  // Looks at everything, and changes nothing.
  doctor: [
    ...ground,
    'config',
    'store',
    'service',
    'models',
    'runtimes',
    'serve',
    'build',
    'registry',
    'containerize',
    'deploy',
    'client',
  ],
  client: [...ground, 'log', 'service'],
  testing: [...ground, 'log', 'config', 'store', 'service', 'serve', 'client', 'build'],
  commands: [
    ...ground,
    'log',
    'config',
    'store',
    'service',
    'models',
    'runtimes',
    'serve',
    'init',
    'load',
    'tune',
    'verify',
    'doctor',
    'build',
    'registry',
    'containerize',
    'remote',
    'deploy',
    'client',
  ],
}

/** Packages that belong to the toolchain: what runs in a container has none of them. */
const toolchain = new Set([
  'commander',
  'esbuild',
  'dockerode',
  'chalk',
  'ora',
  'cli-table3',
  'chokidar',
  'aws4fetch',
])

test.each(files)('%s imports only the layers below it', (file) => {
  const folder = folderOf(file)
  const outside = importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => folderOf(resolveImport(file, name)))
    .filter((other) => other !== folder)
  expect(outside.filter((other) => !mayImport[folder]?.includes(other))).toEqual([])
})

test('what ships in a bento never reaches the toolchain', () => {
  const shipped = closureOf(['serve/entry.ts', 'sdk.ts'])
  const folders = new Set([...shipped].map(folderOf))
  expect([...folders].filter((folder) => !runtimeFolders.has(folder))).toEqual([])
  const packages = [...shipped].flatMap(importsOf).filter((name) => toolchain.has(name))
  expect(packages).toEqual([])
})

const runtimeFolders = new Set([
  'errors',
  'lib',
  'log',
  'config',
  'store',
  'service',
  'sdk',
  'serve',
  'runtimes',
])

test('what fetches models ships only where it is needed, and never reaches the toolchain', () => {
  const fetching = closureOf(['remote/fetch-model.ts'])
  const folders = new Set([...fetching].map(folderOf))
  const allowed = new Set([...runtimeFolders, 'remote', 'registry', 'aws'])
  expect([...folders].filter((folder) => !allowed.has(folder))).toEqual([])
  const packages = [...fetching].flatMap(importsOf).filter((name) => toolchain.has(name))
  // It signs requests to S3, and to who lends roles.
  expect([...new Set(packages)]).toEqual(['aws4fetch'])
})

test('the closure is really walked', () => {
  const shipped = closureOf(['serve/entry.ts'])
  expect(shipped).toContain('serve/runners/runner-thread.ts')
  expect(shipped).toContain('models/runtimes/onnx/runtime.ts')
})

test.each(files)('%s switches a check off only with a reason', (file) => {
  const lines = readSource(file).split('\n')
  const disables = lines.filter((line) =>
    /(ox|es)lint-disable|@ts-(ignore|expect-error)/.test(line),
  )
  expect(disables.filter((line) => !line.includes('-- because'))).toEqual([])
})

test.each(files)('%s is named in kebab case', (file) => {
  expect(file).toMatch(/^[a-z0-9/-]+\.ts$/)
})

/** `models/runtimes` is a folder of its own here: it ships, and the rest of `models` does not. */
function folderOf(file: string): string {
  if (file.startsWith('models/runtimes/')) return 'runtimes'
  const [first = ''] = file.split('/')
  return first.replace(/\.ts$/, '')
}

function importsOf(file: string): string[] {
  const pattern = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm
  return [...readSource(file).matchAll(pattern)].map((match) => match[1] ?? '')
}

function closureOf(entries: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const queue = [...entries]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) queue.push(resolveImport(file, name))
    }
  }
  return seen
}

function resolveImport(file: string, name: string): string {
  return relative(root, normalize(join(root, dirname(file), name)))
}

function readSource(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
