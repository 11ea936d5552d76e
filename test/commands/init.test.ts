import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { describeWith, missing } from '../describe-with.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { atTerminal } from '../terminal.ts'
import { runBento } from './run-bento.ts'

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

test('writes a project, imports its model and says what is next', async () => {
  const cwd = await temporaryFolder()
  const { code, stdout, stderr } = await runBento('init flowers --template iris', { cwd })
  expect({
    code,
    stdout,
    stderr: stderr.replace(/:[a-z2-7]{16}/, ':<version>'),
  }).toMatchInlineSnapshot(`
{
  "code": 0,
  "stderr": "Imported iris_classifier:<version>
Next:
  cd flowers
  npm install
  npm test
  npx bento serve
",
  "stdout": "Wrote <cwd>/flowers
",
}
`)
  const { stdout: listed } = await runBento('models list -o json', { cwd })
  expect(JSON.parse(listed)).toMatchObject([{ tag: expect.stringMatching(/^iris_classifier:/) }])
  const manifest = await readFile(join(cwd, 'flowers', 'package.json'), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({
    name: 'flowers',
    scripts: { models: expect.stringContaining('models/iris_classifier.onnx') },
    dependencies: { 'onnxruntime-node': '1.30.0' },
    allowScripts: { 'onnxruntime-node': false },
  })
  expect(await readFile(join(cwd, 'flowers', '.npmrc'), 'utf8')).toBe(
    'onnxruntime-node-install=skip\n',
  )
})

test('importing the model again, as its script does, changes nothing', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'Tiny Model.onnx'), identityModel('float32'))
  const { stdout } = await runBento(['init', 'tiny', '--model', 'Tiny Model.onnx', '-o', 'json'], {
    cwd,
  })
  const model = /"model": "(.*)"/.exec(stdout)?.[1]
  const scripts = await readFile(join(cwd, 'tiny', 'package.json'), 'utf8')
  const line = /"models": "bento ([^"]*)"/.exec(scripts)?.[1] ?? ''
  const again = await runBento(line, {
    cwd: join(cwd, 'tiny'),
    env: { BENTO_HOME: join(cwd, 'home') },
  })
  expect(again.stdout.trim()).toBe(model)
})

test('writes nothing over what is there', async () => {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'mine'))
  await writeFile(join(cwd, 'mine', 'service.ts'), 'mine')
  expect(await runBento('init mine', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: "<cwd>/mine" already has service.ts
  Name a new folder, as \`bento init my-service\`.
",
  "stdout": "",
}
`)
  expect(await readFile(join(cwd, 'mine', 'service.ts'), 'utf8')).toBe('mine')
})

test('says how to go to a folder whose name has a space, and where no folder can be', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'file'), '')
  expect((await runBento(['init', 'my flowers'], { cwd })).stderr).toContain("  cd 'my flowers'\n")
  const { code, stderr } = await runBento('init file/flowers', { cwd })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^FILE_FAILED: "<cwd>\/file\/flowers" cannot be used: not a directory/)
})

test('refuses a model that is not there, and one that is none', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'notes.txt'), 'no model')
  const absent = await runBento('init a --model nowhere.json', { cwd })
  const none = await runBento('init a --model notes.txt', { cwd })
  expect([absent.code, none.code]).toEqual([1, 2])
  expect(absent.stderr).toMatch(/^FILE_NOT_FOUND: /)
  expect(none.stderr).toMatch(/^FRAMEWORK_UNKNOWN: /)
})

test('does not take a template and a model', async () => {
  const { code, stderr } = await runBento('init a --model a.onnx --template iris')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^USAGE: --model and --template exclude each other/)
})

describeWith('at a terminal', await missing('script'), () => {
  test('asks for what is not said', async () => {
    const cwd = await temporaryFolder()
    const keys = [
      [/Folder of the project/, 'asked\r'],
      [/Begin with/, '\u001B[B'],
      [/● a trained/, '\r'],
    ] as const
    const { code, screen } = await atTerminal(`${process.execPath} ${bin} init`, {
      cwd,
      env: { BENTO_HOME: join(cwd, 'home') },
      keys,
    })
    expect(code).toBe(0)
    expect(screen).toContain(`Wrote ${join(cwd, 'asked')}`)
    expect(screen).toContain('Imported iris_classifier:')
  })

  test('stops when Ctrl-C is pressed at a question', async () => {
    const cwd = await temporaryFolder()
    const keys = [[/Folder of the project/, '\u0003']] as const
    const { code, screen } = await atTerminal(`${process.execPath} ${bin} init`, { cwd, keys })
    expect(code).toBe(130)
    expect(screen).toContain('INTERRUPTED')
    expect(await readdir(cwd)).toEqual([])
  })
})

test('writes a project of a model of the store, which is in it as an archive', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'tiny.onnx'), identityModel('float32'))
  await runBento('models import tiny.onnx --version v1', { cwd })
  const { code, stderr } = await runBento('init own --model tiny:latest', { cwd })
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Next:/) })
  const manifest = await readFile(join(cwd, 'own', 'package.json'), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({
    scripts: { models: 'bento models import models/tiny.bentomodel -o tag' },
  })
  const elsewhere = { BENTO_HOME: join(cwd, 'elsewhere') }
  const imported = await runBento('models import models/tiny.bentomodel -o tag', {
    cwd: join(cwd, 'own'),
    env: elsewhere,
  })
  expect(imported.stdout).toBe('tiny:v1\n')
})

test.each([
  ['iris:v1', 'MODEL_NOT_FOUND: No model is tagged "iris:v1"', '`bento models list`'],
  ['iris.onnx', 'FILE_NOT_FOUND: ', 'Give the file'],
  ['iris.pkl', 'MODEL_UNTRUSTED: "<cwd>/iris.pkl"', 'then `bento init --model iris:latest`'],
])('refuses --model %s and says what to do', async (model, start, remedy) => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'iris.pkl'), Buffer.from([0x80, 5]))
  const { code, stderr } = await runBento(`init own --model ${model}`, { cwd })
  expect(code).toBeGreaterThan(0)
  expect(stderr.slice(0, start.length)).toBe(start)
  expect(stderr).toContain(remedy)
  expect((await readdir(cwd)).includes('own')).toBe(false)
})
