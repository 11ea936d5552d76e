import { cp, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { transformSync } from 'esbuild'
import { run } from '../processes.ts'

/*
 * The test that docs/testing.md shows, in a project of its own, with each of the test runners that people use.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url))
const iris = join(repository, 'examples', 'iris')

let cwd: string
let shown: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'bento-runners-'))
  const readme = await readFile(join(repository, 'docs', 'testing.md'), 'utf8')
  shown = /```ts\n(import { expect, test } from 'vitest'[\s\S]*?)```/.exec(readme)?.[1] ?? ''
  await run('npm', ['pack', '--pack-destination', cwd, '--ignore-scripts'], { cwd: repository })
  const tarball = (await readdir(cwd)).find((name) => name.endsWith('.tgz')) ?? ''
  await writeFile(join(cwd, 'package.json'), '{ "private": true, "type": "module" }')
  await writeFile(join(cwd, '.npmrc'), 'onnxruntime-node-install=skip\n')
  for (const file of ['service.ts', 'iris_classifier.onnx']) {
    await cp(join(iris, file), join(cwd, file))
  }
  const packages = ['onnxruntime-node', 'zod', 'vitest@4', 'jest@30']
  await run('npm', ['install', `./${tarball}`, ...packages], { cwd })
  await runIn('npx', 'bento', 'models', 'import', 'iris_classifier.onnx')
  // Three test runners' packages come over the network.
}, 600_000)

function runIn(file: string, ...args: readonly string[]): Promise<string> {
  return run(file, args, { cwd, env: { BENTO_HOME: join(cwd, 'home'), NO_COLOR: '1' } })
}

/** The same test as plain JavaScript, as those runners take it that do not compile; `head` is in place of vitest's. */
async function writeTest(name: string, head: string): Promise<void> {
  const { code } = transformSync(shown.replace(/^.*\n/, `${head}\n`), { loader: 'ts' })
  await writeFile(join(cwd, name), code)
}

test('passes with vitest', async () => {
  await writeFile(join(cwd, 'iris.spec.ts'), shown)
  const out = await runIn('npx', 'vitest', 'run', 'iris.spec.ts')
  expect(out).toMatch(/Tests\s+1 passed/)
})

test('passes with Jest', async () => {
  await writeTest('iris.test.js', "import { expect, test } from '@jest/globals'")
  const jest = 'node_modules/jest/bin/jest.js'
  const out = await runIn(
    process.execPath,
    '--experimental-vm-modules',
    jest,
    '--json',
    'iris.test',
  )
  expect(JSON.parse(out)).toMatchObject({ success: true, numPassedTests: 1 })
})

test('passes with node:test', async () => {
  const head = [
    "import { test as register } from 'node:test'",
    "import { expect } from 'expect'",
    'const test = (name, run, timeout) => register(name, { timeout }, run)',
  ]
  await writeTest('iris.node.js', head.join('\n'))
  const out = await runIn(process.execPath, '--test', '--test-reporter=tap', 'iris.node.js')
  expect(out).toMatch(/^# pass 1$/m)
})

test('passes in process too, with Jest', async () => {
  await writeTest('process.test.js', "import { expect, test } from '@jest/globals'")
  const file = join(cwd, 'process.test.js')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('serve }', 'serveInProcess as serve }'))
  const jest = 'node_modules/jest/bin/jest.js'
  const out = await runIn(process.execPath, '--experimental-vm-modules', jest, '--json', 'process')
  expect(JSON.parse(out)).toMatchObject({ success: true, numPassedTests: 1 })
})
