import { cp, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { run, start } from '../processes.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const iris = join(repository, 'examples', 'iris')
const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

test('a project of its own goes from the packed tarball to a served bento', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'bento-fresh-'))
  const home = join(cwd, 'home')
  const project = { cwd, env: { BENTO_HOME: home } }
  await run('npm', ['pack', '--pack-destination', cwd, '--ignore-scripts'], { cwd: repository })
  const tarball = (await readdir(cwd)).find((name) => name.endsWith('.tgz')) ?? ''
  await writeFile(join(cwd, 'package.json'), '{ "private": true, "type": "module" }')
  await writeFile(join(cwd, '.npmrc'), 'onnxruntime-node-install=skip\n')
  for (const file of ['service.ts', 'bentofile.yaml', 'iris_classifier.onnx']) {
    await cp(join(iris, file), join(cwd, file))
  }
  await run('npm', ['install', `./${tarball}`, 'onnxruntime-node', 'zod'], project)

  const imported = await run('npx', ['bento', 'models', 'import', 'iris_classifier.onnx'], project)
  expect(imported).toContain('iris_classifier:')
  await expectServed(['serve', 'service.ts:IrisClassifier', '--port', '0'], project)
  const built = await run('npx', ['bento', 'build', '-o', 'tag'], project)
  expect(built).toMatch(/^iris_classifier:[a-z2-7]{16}\n$/)
  await expect(run('npx', ['bento', 'list'], project)).resolves.toContain(built.trim())
  await expectServed(['serve', 'iris_classifier:latest', '--port', '0'], project)
})

async function expectServed(
  args: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<void> {
  // What `npx bento` runs, without npx around it, whose exit code after Ctrl-C is its own.
  const bento = start(join(options.cwd, 'node_modules', '.bin', 'bento'), args, options)
  try {
    const [, url = ''] = await bento.printed(/(http:\/\/127\.0\.0\.1:\d+)/)
    const response = await fetch(`${url}/classify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ features: [setosa] }),
    })
    await expect(response.json()).resolves.toEqual(['setosa'])
  } finally {
    expect(await bento.interrupt()).toBe(0)
  }
}
