import { spawnSync } from 'node:child_process'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { runBento } from '../commands/run-bento.ts'
import { describeWith } from '../describe-with.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { missingModules, python } from './python.ts'

jest.setTimeout(120_000)

const scripts = fileURLToPath(new URL('../../python', import.meta.url))
const saveAll = fileURLToPath(new URL('save_all.py', import.meta.url))
const onnx = fileURLToPath(new URL('../../examples/iris/iris_classifier.onnx', import.meta.url))

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const result = spawnSync(python, args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...env },
  })
  if (result.status !== 0) throw new Error(result.stderr)
  return result.stdout
}

interface Saved {
  readonly tag: string
  readonly framework: string
}

const lacking = missingModules('sklearn', 'skl2onnx', 'xgboost', 'lightgbm', 'catboost')

describeWith('bento_models, with the real libraries', lacking, () => {
  test('saves models of every framework into a store and a file, and they predict the same', async () => {
    const cwd = await temporaryFolder()
    const env = { PYTHONPATH: scripts, BENTO_HOME: join(cwd, 'home') }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because save_all.py prints it
    const tags = JSON.parse(run([saveAll, cwd, onnx], env)) as string[]
    expect(tags[0]).toBe(tags[1])
    const { stdout } = await runBento('models list -o json', { cwd })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because bento prints it
    const stored = (JSON.parse(stdout) as Saved[]).map(({ tag }) => tag)
    expect(new Set(stored)).toEqual(new Set(tags.slice(0, 7)))
    const { stdout: forest } = await runBento('models get forest -o json', { cwd })
    expect(JSON.parse(forest)).toMatchObject({
      runtime: 'trees',
      signatures: { predict: { batchable: true, batch_dim: 0 } },
      labels: { team: 'a' },
      metadata: { accuracy: 0.9, folds: '[1, 2]' },
      fidelity: { outputs: ['label', 'probabilities'] },
    })
    for (const name of ['classes', 'booster', 'leaves', 'cats', 'words']) {
      const got = await runBento(`models get ${name} -o json`, { cwd })
      // Sums are exact; exp may round its last bit otherwise.
      expect(JSON.parse(got.stdout)).toMatchObject({ fidelity: { rows: 200 } })
      expect(got.stdout).toMatch(/"worst": (?:0|\d(?:\.\d+)?e-(?:0[7-9]|[78]|1\d))/)
    }
    const imported = await runBento('models import iris.bentomodel -o tag', { cwd })
    expect(imported).toMatchObject({ code: 0, stdout: `${tags[7]}\n` })
    for (const [file = '', rows = ''] of [
      ['booster.ubj', 'rows.npy'],
      ['leaves.txt', 'rows.npy'],
      ['cats.json', 'rows.npy'],
      ['words.json', 'plans.csv'],
    ]) {
      const words = ['models', 'import', file, '--sample', rows, '--python', python]
      expect(await runBento(words, { cwd })).toMatchObject({ code: 0 })
      const got = await runBento(`models get ${file.split('.')[0]} -o json`, { cwd })
      expect(JSON.parse(got.stdout)).toMatchObject({ fidelity: { source: rows, rows: 200 } })
    }
  })

  test('refuses a name in Python already', () => {
    const code = 'import bento_models; bento_models.onnx.save_model("No Name", "x")'
    expect(() => run(['-c', code], { PYTHONPATH: scripts })).toThrow(
      /'No Name' cannot be the name of a model/,
    )
  })

  test('is a wheel that holds all of it', async () => {
    const folder = await temporaryFolder()
    await cp(scripts, join(folder, 'python'), { recursive: true })
    const options = ['--quiet', '--no-deps', '--no-build-isolation', '--disable-pip-version-check']
    run(['-m', 'pip', 'wheel', ...options, '-w', folder, join(folder, 'python')])
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
    expect(wheel).toBe('bento_models-0.1.0-py3-none-any.whl')
    const list = `import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')`
    const packed = run(['-c', list, join(folder, wheel ?? '')]).split('\n')
    const modules = (await readdir(join(scripts, 'bento_models'))).filter((name) =>
      name.endsWith('.py'),
    )
    expect(packed).toEqual(expect.arrayContaining(modules.map((name) => `bento_models/${name}`)))
  })
})
