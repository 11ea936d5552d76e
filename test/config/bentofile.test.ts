import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { renderBentofileSchema } from '../../src/config/bentofile.ts'
import { findBentofile, loadBentofile } from '../../src/config/load-bentofile.ts'
import { problemsOf, project } from './bentofile-project.ts'

test('bentofile.schema.json is what the schema says', async () => {
  const file = new URL('../../bentofile.schema.json', import.meta.url)
  expect(await readFile(file, 'utf8')).toBe(renderBentofileSchema())
})

test('reads every key', async () => {
  const folder = await project({
    'bentofile.yaml': `
service: service.ts:Iris
name: iris
version: "1.0"
description: Sorts flowers
labels: { team: ml, stage: 2 }
include: ["*.ts"]
exclude: ["test/"]
models: [iris:latest, { tag: "other:v1" }]
envs:
  - name: TOKEN
  - { name: LEVEL, value: 3, stage: runtime }
args: { size: 2 }
docker: { node_version: 24, cuda_version: 12, base_image: "ghcr.io/acme/base:v1" }
node: { native: [canvas], lockfile: locks/package-lock.json, install_args: [--offline] }
`,
  })
  expect(await findBentofile(folder)).toEqual({
    file: join(folder, 'bentofile.yaml'),
    description: 'Sorts flowers',
    bentofile: {
      service: 'service.ts:Iris',
      name: 'iris',
      version: '1.0',
      description: 'Sorts flowers',
      labels: { team: 'ml', stage: '2' },
      include: ['*.ts'],
      exclude: ['test/'],
      models: {
        include: [
          { tag: 'iris:latest', packed: true },
          { tag: 'other:v1', packed: true },
        ],
      },
      envs: [
        { name: 'TOKEN', value: '', stage: 'all' },
        { name: 'LEVEL', value: '3', stage: 'runtime' },
      ],
      args: { size: '2' },
      docker: {
        distro: 'debian',
        node_version: '24',
        cuda_version: '12.8.1',
        base_image: 'ghcr.io/acme/base:v1',
        system_packages: [],
      },
      node: {
        native: ['canvas'],
        lockfile: 'locks/package-lock.json',
        install_args: ['--offline'],
        package_manager: 'npm',
        packages: [],
      },
    },
    setupScript: undefined,
    dockerfileTemplate: undefined,
    npmrc: undefined,
  })
})

test('finds nothing in a folder without one', async () => {
  expect(await findBentofile(await project({}))).toBeUndefined()
})

test('names everything that is wrong, where it is, at once', async () => {
  expect(
    await problemsOf(`servce: service.ts:Iris
version: 1.10
include: ["../secrets"]
envs:
  - name: 1BAD
  - name: GOOD
    valeu: x
models:
  - tagg: x:y
`),
  ).toMatchInlineSnapshot(`
""/project/bentofile.yaml" has 7 problems
✖ /project/bentofile.yaml:1:1 Unknown key "servce", did you mean "service"?
✖ /project/bentofile.yaml:2:1 must be text: put it in quotes → at version
✖ /project/bentofile.yaml:3:11 must stay inside the project: no ".." → at include[0]
✖ /project/bentofile.yaml:5:5 must be letters, digits and "_", and not start with a digit → at envs[0].name
✖ /project/bentofile.yaml:7:5 Unknown key "valeu", did you mean "value"? → at envs[1]
✖ /project/bentofile.yaml:9:5 Missing string → at models[0].tag
✖ /project/bentofile.yaml:9:5 Unknown key "tagg", did you mean "tag"? → at models[0]"
`)
})

test('names the place where the YAML breaks', async () => {
  expect(await problemsOf('service: a\nname: [unclosed\n')).toMatchInlineSnapshot(`
""/project/bentofile.yaml" is not YAML
✖ /project/bentofile.yaml:3:1 Flow sequence in block collection must be sufficiently indented and end with a ]"
`)
})

test.each([
  ['an empty file', ''],
  ['a list', '- service.ts'],
  ['a word', 'service.ts'],
])('refuses %s', async (_, text) => {
  expect(await problemsOf(text)).toMatch(/Missing object|expected object/)
})

test('refuses an alias bomb', async () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(',')}]`)
  }
  expect(await problemsOf(bomb.join('\n'))).toContain('too many aliases')
})

test('reads a description from a file of the project', async () => {
  const folder = await project({
    'bentofile.yaml': 'description: file:docs/ABOUT.md',
    'docs/ABOUT.md': '# About\n',
  })
  expect(await findBentofile(folder)).toMatchObject({ description: '# About\n' })
})

test.each([
  ['/etc/hostname', 'must lie inside the project'],
  ['../outside.md', 'must lie inside the project'],
  ['docs/../../outside.md', 'must lie inside the project'],
  ['~/outside.md', 'does not exist'],
  ['$HOME/outside.md', 'does not exist'],
  ['missing.md', 'does not exist'],
  ['link.md', 'is or passes a link'],
  ['linked/outside.md', 'is or passes a link'],
  ['', 'must lie inside the project'],
])('refuses the description file:%s', async (name, why) => {
  const outside = await project({ 'outside.md': 'secret' })
  const folder = await project({ 'bentofile.yaml': `description: "file:${name}"` })
  await symlink(join(outside, 'outside.md'), join(folder, 'link.md'))
  await symlink(outside, join(folder, 'linked'))
  await expect(findBentofile(folder)).rejects.toMatchObject({
    code: 'BENTOFILE_INVALID',
    message: expect.stringContaining(why),
  })
})

test('a named bentofile that does not exist says what to do', async () => {
  const folder = await project({})
  await expect(loadBentofile(join(folder, 'other.yaml'), folder)).rejects.toMatchObject({
    code: 'BENTOFILE_NOT_FOUND',
    hint: expect.stringContaining('create bentofile.yaml'),
  })
})

test('models say where they are, all together or each for itself', async () => {
  const folder = await project({
    'bentofile.yaml': `service: service.ts:Iris
models: { remote: "oci://ghcr.io/acme/models", include: [a, { tag: b, packed: false }] }
`,
  })
  expect((await findBentofile(folder))?.bentofile.models).toEqual({
    remote: 'oci://ghcr.io/acme/models',
    include: [
      { tag: 'a', packed: true },
      { tag: 'b', packed: false },
    ],
  })
})

test.each([
  ['[{ tag: big, packed: false }]', '"big" is not packed: say in "remote" where it comes from'],
  ['[{ tag: big, remote: "https://x/y" }]', 'must be oci://HOST/PLACE, s3://BUCKET/PLACE or'],
  ['{ remote: "s3://models/", include: [a] }', 'must be oci://HOST/PLACE, s3://BUCKET/PLACE or'],
  ['{ remot: "s3://models" }', 'Unknown key "remot", did you mean "remote"?'],
])('refuses models: %s', async (models, message) => {
  expect(await problemsOf(`service: service.ts:Iris\nmodels: ${models}\n`)).toContain(message)
})
