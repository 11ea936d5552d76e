import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { runBento } from '../commands/run-bento.ts'
import type { BentoResult } from '../commands/run-bento.ts'
import { networkOf, readNetworks, writeOriginal } from '../models/frameworks/networks/cases.ts'
import type { NetworkCase } from '../models/frameworks/networks/cases.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/* With the real PyTorch and TensorFlow, several GB, that setup.sh installs. */

type Framework = 'pytorch' | 'tensorflow'

const pythonOf = (framework: Framework): string =>
  join(tmpdir(), `bento-test-${framework}`, 'bin', 'python')
const fixture = (path: string): string =>
  fileURLToPath(new URL(`../fixtures/networks/${path}`, import.meta.url))

interface Imported extends BentoResult {
  readonly cwd: string
}

async function importWith(
  framework: Framework,
  file: string,
  ...more: string[]
): Promise<Imported> {
  const cwd = await temporaryFolder()
  const flags = ['--framework', framework, '--trust', '--python', pythonOf(framework)]
  const words = ['models', 'import', file, '--name', 'net', ...flags, ...more]
  return { cwd, ...(await runBento(words, { cwd })) }
}

async function manifestOf(cwd: string, tag: string): Promise<unknown> {
  const { stdout } = await runBento(['models', 'get', tag, '-o', 'json'], { cwd })
  return JSON.parse(stdout)
}

const cases = (['pytorch', 'tensorflow'] as const).flatMap((framework) =>
  readNetworks(framework).map((item): [Framework, string, NetworkCase] => [
    framework,
    item.name,
    item,
  ]),
)

test.each(cases)('%s: imports what answers 200 rows the same: %s', async (framework, _, item) => {
  const { code, stderr, cwd } = await importWith(framework, await writeOriginal(item))
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(await manifestOf(cwd, 'net')).toMatchObject({
    framework,
    runtime: 'onnx',
    fidelity: { source: 'rows that were made up', rows: expect.any(Number), tolerance: 0.00001 },
    context: { kind: expect.any(String), version: expect.any(String) },
  })
})

test('a scripted model is asked for a sample, and imported with one', async () => {
  const refused = await importWith('pytorch', fixture('scripted.pt'))
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('A scripted model does not say what its inputs look like')
  const sample = join(await temporaryFolder(), 'rows.csv')
  await writeFile(sample, 'a,b,c,d,e\n1,2,3,4,5\n-1,0,0.5,2,1\n')
  const { code, cwd } = await importWith('pytorch', fixture('scripted.pt'), '--sample', sample)
  expect(code).toBe(0)
  expect(await manifestOf(cwd, 'net')).toMatchObject({
    fidelity: { source: 'rows.csv', rows: 2, outputs: ['output_0', 'output_1'] },
  })
})

test.each([
  [
    'rows.json',
    JSON.stringify(Array.from({ length: 3 }, () => Array.from({ length: 6 }, Math.random))),
  ],
  ['rows.csv', '1,2,3,4,5,6\n6,5,4,3,2,1\n0,0,0,0,0,0\n'],
])('compares on the rows of %s', async (name, content) => {
  const sample = join(await temporaryFolder(), name)
  await writeFile(sample, content)
  const file = await writeOriginal(networkOf('tensorflow', 'tabular.keras'))
  const { code, cwd } = await importWith('tensorflow', file, '--sample', sample)
  expect(code).toBe(0)
  expect(await manifestOf(cwd, 'net')).toMatchObject({ fidelity: { source: name, rows: 3 } })
})

test('refuses a sample of another width', async () => {
  const sample = join(await temporaryFolder(), 'rows.csv')
  await writeFile(sample, '1,2\n3,4\n')
  const file = await writeOriginal(networkOf('pytorch', 'tabular.pt2'))
  const { code, stderr } = await importWith('pytorch', file, '--sample', sample)
  expect(code).toBe(2)
  expect(stderr).toMatch(/USAGE: The sample .*float32\[\?, 6\]/)
})

test.each(['pytorch', 'tensorflow'] as const)(
  '%s: a damaged file is refused',
  async (framework) => {
    const item = networkOf(framework, framework === 'pytorch' ? 'traced.pt' : 'tabular.keras')
    const file = await writeOriginal(item)
    const bytes = Buffer.from(item.original[item.main] ?? '', 'base64')
    bytes.fill(0xff, 100, bytes.length - 2000)
    await writeFile(file, bytes)
    const { code, stderr } = await importWith(framework, file)
    expect(code).toBe(2)
    expect(stderr).toMatch(/MODEL_INVALID: .* cannot be read by (?:PyTorch|TensorFlow) /)
  },
)

test.each(['pytorch', 'tensorflow'] as const)(
  '%s: bento_models saves from a training job',
  async (framework) => {
    const cwd = await temporaryFolder()
    const script = fileURLToPath(new URL('save.py', import.meta.url))
    const { stdout, stderr } = spawnSync(pythonOf(framework), [script, framework], {
      encoding: 'utf8',
      env: {
        PYTHONPATH: fileURLToPath(new URL('../../python', import.meta.url)),
        PYTHONDONTWRITEBYTECODE: '1',
        BENTO_HOME: join(cwd, 'home'),
      },
    })
    if (stdout === '') throw new Error(stderr)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because save.py prints it
    const tags = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[]
    for (const tag of tags) {
      const rows = tag.startsWith('sampled') ? 30 : 200
      expect(await manifestOf(cwd, tag)).toMatchObject({ framework, fidelity: { rows } })
    }
  },
)
