import { spawnSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { describeWith } from '../../describe-with.ts'
import { caseOf, recorded } from '../../models/frameworks/sklearn/cases.ts'
import { missingModules, python } from '../../python/python.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { runBento } from '../run-bento.ts'
import type { BentoResult } from '../run-bento.ts'

// A Python that imports scikit-learn takes seconds to start on a busy machine.
jest.setTimeout(120_000)

async function folderWith(item: { readonly pickle: string }): Promise<string> {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'iris.joblib'), Buffer.from(item.pickle, 'base64'))
  return cwd
}

function importIn(cwd: string, ...more: string[]): Promise<BentoResult> {
  return runBento(
    ['models', 'import', 'iris.joblib', '--framework', 'sklearn', '--trust', ...more],
    { cwd },
  )
}

const forest = caseOf('forest, classes by name')

test.each([
  ['models import iris.joblib'],
  ['models import iris.joblib --framework sklearn'],
  ['models import iris.joblib --trust'],
])('a pickle is read only when it is asked for by name and trusted: %s', async (line) => {
  const { code, stdout, stderr } = await runBento(line, { cwd: await folderWith(forest) })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatchInlineSnapshot(`
    "MODEL_UNTRUSTED: "<cwd>/iris.joblib" is a pickle, which can run any code when it is read
      If you trust whoever made it, add \`--framework sklearn --trust\`.
    "
  `)
})

test('says which Python is not there', async () => {
  const { code, stderr } = await importIn(await folderWith(forest), '--python', '/nowhere/python3')
  expect(code).toBe(1)
  expect(stderr).toMatchInlineSnapshot(`
    "Reading iris.joblib with /nowhere/python3
    PYTHON_FAILED: There is no Python to run as "/nowhere/python3"
      Because: spawn /nowhere/python3 ENOENT
      Install Python 3.10 or newer, or say where it is with --python.
    "
  `)
})

test('says what a Python that fails said last', async () => {
  const cwd = await folderWith(forest)
  await writeFile(join(cwd, 'python'), '#!/bin/sh\necho first >&2\necho out of luck >&2\nexit 3\n')
  await chmod(join(cwd, 'python'), 0o755)
  const { code, stderr } = await importIn(cwd, '--python', join(cwd, 'python'))
  expect(code).toBe(1)
  expect(stderr).toContain('PYTHON_FAILED: <cwd>/python failed: out of luck')
})

test.each([['0,1'], ['-1'], ['']])('refuses the tolerance "%s"', async (tolerance) => {
  const { code, stderr } = await importIn(await folderWith(forest), `--tolerance=${tolerance}`)
  expect(code).toBe(2)
  expect(stderr).toContain(`--tolerance takes a number from 0 up, not "${tolerance}"`)
})

describeWith('a Python without packages', spawnSync('python3').error ? ['python3'] : [], () => {
  test('prints the line that installs them', async () => {
    const cwd = await folderWith(forest)
    // -S leaves out whatever is installed.
    await writeFile(join(cwd, 'bare'), `#!/bin/sh\nexec ${which('python3')} -S "$@"\n`)
    await chmod(join(cwd, 'bare'), 0o755)
    const { code, stderr } = await importIn(cwd, '--python', join(cwd, 'bare'))
    expect(code).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
      "Reading iris.joblib with <cwd>/bare
      PACKAGE_MISSING: This Python has no package numpy
        Run \`<cwd>/bare -m pip install scikit-learn skl2onnx\`.
      "
    `)
  })
})

function which(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
}

const missing = missingModules('sklearn', 'skl2onnx', 'pandas', 'pyarrow', 'catboost')

describeWith('scikit-learn itself', missing, () => {
  test('the scripts make of every recorded model what is recorded, and refuse by name', () => {
    const script = fileURLToPath(new URL('../../fixtures/sklearn/check.py', import.meta.url))
    const env = { ...process.env, PYTHONHASHSEED: '0' }
    const { stdout, stderr } = spawnSync(python, [script], { encoding: 'utf8', env })
    if (stdout === '') throw new Error(stderr)
    expect(JSON.parse(stdout)).toEqual({
      converted: recorded.cases.length,
      different: [],
      refused: {
        'bagged forests':
          "MODEL_UNSUPPORTED: scikit-learn's BaggingRegressor with RandomForestRegressor inside is not supported",
        'an initial estimator':
          "MODEL_UNSUPPORTED: scikit-learn's GradientBoostingRegressor with init=Ridge is not supported",
        'several labels':
          "MODEL_UNSUPPORTED: scikit-learn's DecisionTreeClassifier with several labels per row is not supported",
        'words as categories':
          "MODEL_UNSUPPORTED: scikit-learn's HistGradientBoostingClassifier with categories that are no whole numbers from 0 to 65535 is not supported",
      },
    })
  })

  test('imports a pickle, compares it on rows that it makes up, and shows how near it is', async () => {
    const cwd = await folderWith(forest)
    const imported = await importIn(cwd, '--python', python, '-o', 'tag')
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringMatching(/^iris:\w{16}\n$/) })
    const { stdout } = await runBento('models get iris:latest -o json', { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      framework: 'sklearn',
      runtime: 'trees',
      context: { estimator: 'RandomForestClassifier' },
      fidelity: {
        source: 'rows that were made up',
        rows: 205,
        outputs: ['label', 'probabilities'],
        worst: expect.any(Number),
        tolerance: 0.00001,
      },
    })
  })

  test('reads a binary model of CatBoost by CatBoost itself, and compares it', async () => {
    const cwd = await temporaryFolder()
    const code = `import catboost, numpy as np
X = np.random.default_rng(0).normal(size=(60, 3))
model = catboost.CatBoostClassifier(iterations=4, verbose=0, allow_writing_files=False)
model.fit(X, np.where(X[:, 0] > 0, "yes", "no")).save_model("fraud.cbm")
np.save("rows.npy", X)`
    expect(spawnSync(python, ['-c', code], { cwd }).status).toBe(0)
    const words = 'models import fraud.cbm --sample rows.npy --python'.split(' ')
    expect(await runBento([...words, python], { cwd })).toMatchObject({ code: 0 })
    const { stdout } = await runBento('models get fraud -o json', { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      framework: 'catboost',
      runtime: 'trees',
      fidelity: { source: 'rows.npy', rows: 60 },
    })
    await writeFile(join(cwd, 'fraud.cbm'), 'CBM1, and then nothing')
    const refused = await runBento([...words.slice(0, 3), '--python', python], { cwd })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('MODEL_INVALID: "<cwd>/fraud.cbm" cannot be read by CatBoost')
  })

  test('takes text, and gives no scores that nothing was compared with', async () => {
    const cwd = await temporaryFolder()
    const code = `import joblib, json
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
texts = ["Good film", "bad FILM", "good Day", "a bad day"] * 5
joblib.dump(make_pipeline(TfidfVectorizer(), LinearSVC()).fit(texts, [1, 0] * 10), "iris.joblib")
json.dump(texts, open("texts.json", "w"))`
    expect(spawnSync(python, ['-c', code], { cwd }).status).toBe(0)
    const { code: status, stderr } = await importIn(
      cwd,
      '--python',
      python,
      '--sample',
      'texts.json',
    )
    expect({ status, stderr }).toMatchObject({ status: 0 })
    const { stdout } = await runBento('models get iris:latest -o json', { cwd })
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: [{ name: 'text', dtype: 'string', shape: [null, 1] }],
      outputs: [{ name: 'label' }],
      fidelity: { source: 'texts.json', rows: 20, outputs: ['label'], worst: 0 },
    })
  })

  test.each(['rows.csv', 'rows.parquet'])(
    'compares on the rows of %s, by the names of its columns',
    async (name) => {
      const cwd = await folderWith(caseOf('pipeline, words and a forest'))
      await writeSample(join(cwd, name))
      const { code, stderr } = await importIn(cwd, '--python', python, '--sample', name)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      const { stdout } = await runBento('models get iris:latest -o json', { cwd })
      expect(JSON.parse(stdout)).toMatchObject({
        runtime: 'pipeline',
        fidelity: { source: name, rows: 3 },
      })
    },
  )

  test('stores nothing when the rows show that the model answers otherwise', async () => {
    const [item] = recorded.different
    const cwd = await folderWith(item ?? forest)
    const { code, stderr } = await importIn(cwd, '--python', python)
    expect(code).toBe(1)
    expect(stderr).toMatch(/MODEL_DIFFERS: The converted model answers \d+ of 200 rows/)
    expect(stderr).toMatch(/\n {2}row \d+, label: \d, the original says \d\n/)
    expect((await runBento('models list -o json', { cwd })).stdout).toBe('[]\n')
  })

  test('refuses a sample that the model cannot take', async () => {
    const cwd = await folderWith(caseOf('pipeline, words and a forest'))
    await writeFile(join(cwd, 'rows.csv'), 'city,age,income\nRome,old,3\n')
    const { code, stderr } = await importIn(cwd, '--python', python, '--sample', 'rows.csv')
    expect(code).toBe(2)
    expect(stderr).toContain("USAGE: The sample has 'old' where the model takes a number")
  })
})

/** Three rows, with a column more than the model takes, in the form that the name says. */
async function writeSample(path: string): Promise<void> {
  const rows = [
    { bought: 'yes', city: 'Rome', age: 44, income: 31000.5 },
    { bought: 'no', city: 'Oslo', age: 20, income: 28000 },
    { bought: 'no', city: 'Perth', age: 35, income: null },
  ]
  if (path.endsWith('.csv')) {
    const lines = rows.map((row) => Object.values(row).join(','))
    return writeFile(path, `bought,city,age,income\n${lines.join('\n')}\n`)
  }
  const code = `import sys, json, pyarrow as pa, pyarrow.parquet as pq
pq.write_table(pa.Table.from_pylist(json.load(sys.stdin)), sys.argv[1])`
  const { status } = spawnSync(python, ['-c', code, path], { input: JSON.stringify(rows) })
  if (status !== 0) throw new Error('no parquet')
  return undefined
}
