import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { foreignKeys } from '../../src/config/foreign-keys.ts'
import { findBentofile, loadBentofile } from '../../src/config/load-bentofile.ts'
import { problemsOf, project } from './bentofile-project.ts'

const twin = fileURLToPath(new URL('../fixtures/bentofile-twin/', import.meta.url))

test('every key and value for Python names its counterpart, and the twin with those is read', async () => {
  expect(await problemsOf(await readFile(join(twin, 'bentoml.yaml'), 'utf8')))
    .toMatchInlineSnapshot(`
""/project/bentofile.yaml" has 4 problems
✖ /project/bentofile.yaml:2:1 names a Python file: name the module of the service, as service.ts:IrisClassifier → at service
✖ /project/bentofile.yaml:9:3 "packages" is for Python: write "node.packages", with the lock in package-lock.json → at python
✖ /project/bentofile.yaml:12:3 "index_url" is for Python: write "node.registry" → at python
✖ /project/bentofile.yaml:15:3 "python_version" is for Python: write "docker.node_version" → at docker"
`)
  const { bentofile } = await loadBentofile(join(twin, 'bentofile.yaml'), twin)
  expect(bentofile).toMatchObject({
    service: 'service.ts:Summarization',
    include: ['*.ts'],
    envs: [{ name: 'HF_HOME', value: '/tmp/hf', stage: 'all' }],
    node: { packages: ['sharp', '@img/colour@1.0.0'], package_manager: 'npm' },
    docker: { distro: 'debian', node_version: '26', system_packages: ['git', 'ffmpeg'] },
  })
})

test.each(Object.entries(foreignKeys))('"%s" of BentoML %s', async (place, message) => {
  const value = place
    .split('.')
    .toReversed()
    .reduce<unknown>((inner, key) => ({ [key]: key === 'models' ? [inner] : inner }), 'x')
  const text = await problemsOf(JSON.stringify(value))
  expect(text).toContain(`"${place.split('.').at(-1)}" ${message}`)
})

test('refuses what an image cannot be made of, with what would do', async () => {
  expect(
    await problemsOf(`docker:
  distro: alpine
  node_version: 26.10
  cuda_version: "11.8"
  system_packages: ["curl; id"]
  setup_script: ../setup.sh
  base_image: "debian\\nRUN id"
  env: ["1=x"]
node:
  package_manager: pnpm
  packages: ["sharp@^0.35"]
  registry: https://ann:secret@example.org/
  install_args: [--ignore-scripts=false]
`),
  ).toMatchInlineSnapshot(`
""/project/bentofile.yaml" has 11 problems
✖ /project/bentofile.yaml:2:3 "alpine" has no glibc, which onnxruntime-node needs: use debian → at docker.distro
✖ /project/bentofile.yaml:3:3 must be text: put it in quotes, or YAML drops zeros at its end → at docker.node_version
✖ /project/bentofile.yaml:4:3 must be one of 12, default, 12.8, 12.8.0, 12.8.1, 12.6, 12.6.3: onnxruntime-node needs CUDA 12 → at docker.cuda_version
✖ /project/bentofile.yaml:5:21 must be the name of a Debian package, as libgomp1 or libgomp1=12.2.0-14 → at docker.system_packages[0]
✖ /project/bentofile.yaml:6:3 must be a path inside the project: relative, without "..", "~" or "$" → at docker.setup_script
✖ /project/bentofile.yaml:7:3 must be the name of an image, as HOST/NAME:TAG → at docker.base_image
✖ /project/bentofile.yaml:8:9 must be NAME=VALUE → at docker.env[0]
✖ /project/bentofile.yaml:10:3 must be npm: bento reads no pnpm-lock.yaml; run \`npm update --package-lock-only\` beside it → at node.package_manager
✖ /project/bentofile.yaml:11:14 must be NAME or NAME@VERSION, as sharp@0.35.5: the version is that of package-lock.json → at node.packages[0]
✖ /project/bentofile.yaml:12:3 must hold no password: npm has those in its own npmrc → at node.registry
✖ /project/bentofile.yaml:13:18 Invalid option: expected one of "--legacy-peer-deps"|"--omit=optional"|"--omit=peer"|"--offline"|"--prefer-offline"|"--prefer-online"|"--strict-peer-deps"|"--loglevel=verbose" → at node.install_args[0]"
`)
})

test('"bento" of package.json says the same, with its place and the name of the package', async () => {
  const folder = await project({
    'package.json': '{\n  "name": "@acme/iris",\n  "bento": { "service": "service.ts" }\n}',
  })
  expect(await findBentofile(folder)).toMatchObject({
    file: join(folder, 'package.json'),
    bentofile: { service: 'service.ts', name: 'iris' },
  })
  await writeFile(join(folder, 'package.json'), '{\n  "bento": {\n    "servce": "x" }\n}')
  await expect(findBentofile(folder)).rejects.toMatchObject({
    code: 'BENTOFILE_INVALID',
    message: expect.stringContaining('package.json:3:5 Unknown key "servce"'),
  })
  await writeFile(join(folder, 'bentofile.yaml'), 'service: other.ts')
  expect(await findBentofile(folder)).toMatchObject({ bentofile: { service: 'other.ts' } })
})

test('a package.json without "bento" is no bentofile', async () => {
  const folder = await project({ 'package.json': '{ "name": "x", "keywords": ["bento"] }' })
  expect(await findBentofile(folder)).toBeUndefined()
  const file = join(folder, 'package.json')
  await expect(loadBentofile(file, folder)).rejects.toMatchObject({ code: 'BENTOFILE_NOT_FOUND' })
})

test.each([
  ['a map', '{ LEVEL: 2 }'],
  ['lines', '["LEVEL=2"]'],
  ['a file', '.image-env'],
])('docker.env as %s becomes envs', async (_, env) => {
  const folder = await project({
    'bentofile.yaml': `envs: [{ name: TOKEN }]\ndocker: { env: ${env} }`,
    '.image-env': '# levels\nLEVEL="2"\n',
  })
  expect(await findBentofile(folder)).toMatchObject({
    bentofile: {
      envs: [
        { name: 'TOKEN', value: '', stage: 'all' },
        { name: 'LEVEL', value: '2', stage: 'all' },
      ],
    },
  })
})

test('a variable stands in envs or in docker.env', async () => {
  expect(
    await problemsOf('envs: [{ name: LEVEL, value: 1 }]\ndocker: { env: { LEVEL: 2 } }'),
  ).toContain('bentofile.yaml:2:11 names a variable twice → at docker.env')
})

test('reads the files that an image is made of', async () => {
  const folder = await project({
    'bentofile.yaml':
      'docker: { setup_script: image/setup.sh, dockerfile_template: image/D }\nnode: { npmrc: image/npmrc }',
    'image/setup.sh': 'id\n',
    'image/D': '{% extends bento_base_template %}',
    'image/npmrc': '@acme:registry=https://example.org\n',
  })
  expect(await findBentofile(folder)).toMatchObject({
    setupScript: 'id\n',
    dockerfileTemplate: '{% extends bento_base_template %}',
    npmrc: '@acme:registry=https://example.org\n',
  })
})

const fileKeys = ['docker.setup_script', 'docker.dockerfile_template', 'docker.env', 'node.npmrc']
const elsewhere = [
  '/etc/hostname',
  '../outside',
  'a/../../outside',
  '~/x',
  '$HOME/x',
  'link',
  'linked/outside',
  'gone',
]

test.each(fileKeys.flatMap((key) => elsewhere.map((name) => [key, name])))(
  'refuses %s: %s',
  async (key, name) => {
    const outside = await project({ outside: 'secret' })
    const [section = '', inner = ''] = key.split('.')
    const text = JSON.stringify({ [section]: { [inner]: name } })
    const folder = await project({ 'bentofile.yaml': text })
    await symlink(join(outside, 'outside'), join(folder, 'link'))
    await symlink(outside, join(folder, 'linked'))
    await expect(findBentofile(folder)).rejects.toMatchObject({
      code: 'BENTOFILE_INVALID',
      message: expect.stringContaining(key),
    })
  },
)
