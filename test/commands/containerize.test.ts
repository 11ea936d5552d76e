import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { baseLayout } from '../containerize/images.ts'
import { cwdWithBentos } from './fill-store.ts'
import { runBento } from './run-bento.ts'

async function options(): Promise<string> {
  return `--backend oci --platform linux/amd64 --opt base=oci:${(await baseLayout()).folder}`
}

test('writes a file here when the image is not to go elsewhere', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { code, stdout, stderr } = await runBento(`containerize iris ${await options()}`, { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Made image iris:v1\n' })
  expect(stderr).toMatch(/^Packing layers\nLayer code: 0\.0 MB\nReading the base/)
  expect(stderr).toContain('\nWriting <cwd>/iris-v1.tar\n')
  expect(stderr).toContain('Next steps:\n  Load it:    docker load -i <cwd>/iris-v1.tar\n')
  expect((await stat(join(cwd, 'iris-v1.tar'))).isFile()).toBe(true)
})

test('prints every name when asked, and nothing else with --quiet', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const line = `containerize iris ${await options()} -t a/iris -t ghcr.io/a/iris:v2 -o tag -q`
  const { stdout, stderr } = await runBento(line, { cwd })
  expect({ stdout, stderr }).toEqual({ stdout: 'a/iris:latest\nghcr.io/a/iris:v2\n', stderr: '' })
})

test('prints one JSON value when asked', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const line = `containerize iris:v1 ${await options()} --opt output=image -o json`
  const { stdout } = await runBento(line, { cwd })
  expect(JSON.parse(stdout)).toEqual({
    names: ['iris:v1'],
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    path: '<cwd>/image',
    bento: 'iris:v1',
  })
})

test('names a bento that is not there, and how to list the others', async () => {
  const { code, stdout, stderr } = await runBento('containerize iris')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^BENTO_NOT_FOUND: .*"iris/)
})

test('says how to do without the registry of a base that cannot be reached', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const line =
    'containerize iris --backend oci --platform linux/amd64 --opt base=127.0.0.1:9/node:26'
  const { code, stderr } = await runBento(line, { cwd })
  expect(code).toBe(1)
  expect(stderr).toContain(
    'REGISTRY_FAILED: The base cannot be fetched: "127.0.0.1:9" cannot be reached: ECONNREFUSED\n',
  )
  expect(stderr).toContain(' Or build on an OCI layout, which needs no registry: --opt base=oci:')
})

test('refuses a name that is none', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('containerize iris -t Iris:v1', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "IMAGE_NAME_INVALID: Image name "Iris:v1" must be lower-case letters and digits, apart from single ".", "_", "__", "-" and "/"
  Write it as NAME:TAG or HOST/NAME:TAG.
",
  "stdout": "",
}
`)
})

test('refuses a name with a digest', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { code, stderr } = await runBento(`containerize iris -t iris@sha256:${'a'.repeat(64)}`, {
    cwd,
  })
  expect(code).toBe(2)
  expect(stderr).toContain('has a digest, which only the image can give')
})

test.each(['output=', 'output'])('refuses --opt %s, which says nothing', async (option) => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { code, stderr } = await runBento(`containerize iris --backend oci --opt ${option}`, {
    cwd,
  })
  expect(code).toBe(2)
  expect(stderr).toBe(
    'USAGE: --opt output has no value\n  Use one of: --opt base=…, --opt output=….\n',
  )
})

test('refuses --opt pull=maybe, and --opt output for a backend that has none', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect((await runBento('containerize iris --opt pull=maybe', { cwd })).stderr).toBe(
    'USAGE: --opt pull is "maybe", not true or false\n  Use one of: --opt base=…, --opt network=…, --opt pull.\n',
  )
  expect((await runBento('containerize iris --opt output=x', { cwd })).stderr).toContain(
    'The docker backend has no option "output"',
  )
})

test('says where to look when there is no engine', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
  const { code, stderr } = await runBento('containerize iris', { cwd, env })
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^DOCKER_FAILED: No Docker engine answers: .*\n {2}Start Docker, or make the image without it/,
  )
})
