import { spawnSync } from 'node:child_process'
import { cp, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { strToU8, zipSync } from 'fflate'
import { detectFramework } from '../../../../src/models/frameworks/registry.ts'
import { runBento } from '../../../commands/run-bento.ts'
import type { BentoResult } from '../../../commands/run-bento.ts'
import { describeWith } from '../../../describe-with.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { networkOf, readNetworks, writeOriginal } from './cases.ts'
import type { NetworkCase } from './cases.ts'

const cases = (['pytorch', 'tensorflow'] as const).flatMap((framework) =>
  readNetworks(framework).map((item): [string, string, NetworkCase] => [
    framework,
    item.main,
    item,
  ]),
)

test.each(cases)('%s is told by what is in the file, whatever its name: %s', async (...given) => {
  const [framework, , item] = given
  const path = await writeOriginal(item)
  const renamed = join(dirname(path), 'model.bin')
  await rename(path, renamed)
  expect((await detectFramework(renamed)).name).toBe(framework)
})

async function importCopy(item: NetworkCase, ...more: string[]): Promise<BentoResult> {
  const cwd = await temporaryFolder()
  await cp(await writeOriginal(item), join(cwd, item.main), { recursive: true })
  return runBento(['models', 'import', item.main, ...more], { cwd })
}

test.each([
  ['pytorch', 'tabular.pt2', /a program of PyTorch, which can run any code when it is read/],
  ['pytorch', 'traced.pt', /a program of PyTorch, which can run any code when it is read/],
  ['tensorflow', 'own', /a program of TensorFlow, which can do anything when it is run/],
  ['tensorflow', 'tabular.h5', /Keras' older format, in which layers can run any code/],
] as const)(
  '%s: %s is read only for who asks by name and trusts it',
  async (framework, main, what) => {
    for (const flags of [[], ['--trust'], ['--framework', framework]]) {
      const { code, stdout, stderr } = await importCopy(networkOf(framework, main), ...flags)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(what)
      expect(stderr).toContain(`add \`--framework ${framework} --trust\`.`)
    }
  },
)

test('weights without the program are refused with what to save instead', async () => {
  const cwd = await temporaryFolder()
  const zip = zipSync({ 'state/data.pkl': strToU8('x'), 'state/version': strToU8('3') })
  await writeFile(join(cwd, 'state.pt'), zip)
  const { code, stderr } = await runBento('models import state.pt', { cwd })
  expect(code).toBe(2)
  expect(stderr).toMatchInlineSnapshot(`
"MODEL_UNSUPPORTED: "<cwd>/state.pt" is no program: weights, or a pickled module, do not say what to do with them
  Save the module itself: torch.export.save(torch.export.export(model.eval(), inputs), "model.pt2").
"
`)
})

describeWith('a Python without packages', spawnSync('python3').error ? ['python3'] : [], () => {
  test.each([
    ['pytorch', 'tabular.pt2', 'torch onnx onnxscript'],
    ['tensorflow', 'own', 'tensorflow tf2onnx'],
  ] as const)('%s: prints the line that installs them', async (framework, main, packages) => {
    const bare = join(await temporaryFolder(), 'bare')
    const python = spawnSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).stdout.trim()
    // -S leaves out whatever is installed.
    await writeFile(bare, `#!/bin/sh\nexec ${python} -S "$@"\n`, { mode: 0o755 })
    const flags = ['--framework', framework, '--trust', '--python', bare]
    const { code, stderr } = await importCopy(networkOf(framework, main), ...flags)
    expect(code).toBe(1)
    expect(stderr).toContain('PACKAGE_MISSING: This Python has no package')
    expect(stderr).toContain(`Run \`${bare} -m pip install ${packages}\`.`)
  })
})
