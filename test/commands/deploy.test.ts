import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { cwdWithBentos } from './fill-store.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

const digest = `registry.example.com/iris@sha256:${'a'.repeat(64)}`

test('lists the targets when nothing says where to', async () => {
  expect(await runBento(`deploy --name iris --image ${digest}`)).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "DEPLOY_TARGET_UNKNOWN: Nothing says where to deploy to
  Name one with --target, as \`target:\` in a deployment.yaml, or as \`deploy: { target: … }\` in bentofile.yaml: kubernetes, lambda, cloud-run, azure, bentocloud.
",
  "stdout": "",
}
`)
  const { code, stderr } = await runBento(`deploy --name iris --image ${digest} -t kubernets`)
  expect(code).toBe(2)
  expect(stderr).toMatch(/There is no target "kubernets"\n +Did you mean "kubernetes"\?/)
})

test('wants an image', async () => {
  const { code, stderr } = await runBento('deploy --name iris -t kubernetes')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^IMAGE_MISSING: Nothing says which image to run/)
})

test('says in one line that there are no credentials', async () => {
  const env = { KUBECONFIG: '/nowhere/config' }
  expect(await runBento(`deploy --name iris -t kubernetes --image ${digest}`, { env }))
    .toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "CREDENTIALS_MISSING: There is no kubeconfig at "/nowhere/config"
  Set KUBECONFIG to the path of a kubeconfig, or log in with the tool of your cluster.
",
  "stdout": "",
}
`)
})

test('fails for a bento that the store does not have', async () => {
  const { code, stderr } = await runBento(`deploy iris:v9 -t kubernetes --image ${digest}`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^BENTO_NOT_FOUND/)
})

test('writes the files of a bento for Kustomize, without a cluster', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  const { code, stdout } = await runBento(
    `deploy iris -t kubernetes --image ${digest} --env TOKEN=b --env B --label team=x --render k8s`,
    { cwd, env: { B: 'from here' } },
  )
  expect(code).toBe(0)
  expect(stdout).toBe('k8s/service.yaml\nk8s/deployment.yaml\nk8s/kustomization.yaml\n')
  expect((await readdir(join(cwd, 'k8s'))).toSorted()).toEqual([
    'deployment.yaml',
    'kustomization.yaml',
    'service.yaml',
  ])
  const text = await readFile(join(cwd, 'k8s/deployment.yaml'), 'utf8')
  expect(text).toContain('bentojs/bento: "iris:v1"')
  expect(text).toContain('- name: B\n              value: "from here"')
})

test('prints the manifests for a pipe', async () => {
  const { stdout } = await runBento(`deploy --name iris -t kubernetes --image ${digest} --render -`)
  expect(stdout.split('\n---\n')).toHaveLength(2)
})

test('says when the files cannot be written', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'k8s'), 'a file')
  const { code, stderr } = await runBento(
    `deploy --name iris -t kubernetes --image ${digest} --render k8s`,
    { cwd },
  )
  expect(code).toBe(1)
  expect(stderr).toMatch(/^STORE_FAILED: Cannot write to/)
})

test('reads a deployment.yaml from where it is called', async () => {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'ops'))
  await writeFile(
    join(cwd, 'ops/iris.yaml'),
    `name: iris\ntarget: kubernetes\nimage: "${digest}"\n`,
  )
  const { stdout } = await runBento('deploy -f ops/iris.yaml --name wine --render -', { cwd })
  expect(stdout).toContain('name: wine')
})

test('refuses a variable that is nowhere', async () => {
  const { code, stderr } = await runBento(`deploy --name iris --image ${digest} --env NOPE`)
  expect(code).toBe(2)
  expect(stderr).toMatch(/^USAGE: --env NOPE: the variable is not set here/)
})

test('takes the target from the bentofile where nothing else says it', async () => {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'bentofile.yaml'), 'deploy: { target: kubernetes }\n')
  const { stdout } = await runBento(`deploy --name iris --image ${digest} --render -`, { cwd })
  expect(stdout).toContain('kind: Deployment')
  await writeFile(join(cwd, 'bentofile.yaml'), 'deploy: { target: nowhere }\n')
  const { code, stderr } = await runBento(`deploy --name iris --image ${digest}`, { cwd })
  expect([code, stderr]).toEqual([2, expect.stringContaining('There is no target "nowhere"')])
})

test('builds a project that is named instead of a bento', async () => {
  const cwd = await helloProject()
  const { code, stdout, stderr } = await runBento(
    `deploy . -t kubernetes --image ${digest} --render -`,
    { cwd },
  )
  expect([code, stderr]).toEqual([0, expect.stringContaining('Built hello:')])
  expect(stdout).toMatch(/bentojs\/bento: "hello:[a-z0-9]+"/)
}, 60_000)

test('shows its help', async () => {
  expect((await runBento('deploy --help')).stdout).toMatchSnapshot()
})
