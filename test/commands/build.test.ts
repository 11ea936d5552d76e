import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { cwdWithBentos } from './fill-store.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

jest.setTimeout(60_000)

test('prints the tag, and on stderr the steps and what to do next', async () => {
  const cwd = await helloProject()
  const { code, stdout, stderr } = await runBento('build', { cwd })
  expect(code).toBe(0)
  const [, tag = ''] = /^Built (hello:[a-z2-7]{16})\n$/.exec(stdout) ?? []
  expect(tag).not.toBe('')
  expect(stderr).toContain('Bundling\n')
  expect(stderr).toContain(`Next steps:\n  Serve it:   bento serve ${tag}\n`)
})

test('prints nothing but the tag when asked', async () => {
  const cwd = await helloProject()
  const { stdout } = await runBento('build --name other --version v1 -o tag', { cwd })
  expect(stdout).toBe('other:v1\n')
})

test('prints one JSON value when asked, and says nothing else with --quiet', async () => {
  const cwd = await helloProject()
  const line = 'build . --version v1 --label team=web --no-check -o json -q'
  const { stdout, stderr } = await runBento(line, { cwd })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    tag: 'hello:v1',
    size: expect.any(Number),
    model_size: 0,
    creation_time: '<time>',
    path: '<cwd>/home/bentos/hello/v1',
  })
  const { stdout: manifest } = await runBento('get hello:v1', { cwd })
  expect(manifest).toContain('labels:\n  team: web\n')
})

test('the service named on the command line wins over the bentofile', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'bentofile.yaml'), 'service: service:Nobody\n')
  const { stdout } = await runBento('build service.ts:Hello --version v1 -o tag', { cwd })
  expect(stdout).toBe('hello:v1\n')
})

test('reads another bentofile with -f', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'other.yaml'), 'service: service:Hello\nname: other\n')
  const { stdout } = await runBento('build -f other.yaml --version v1 -o tag', { cwd })
  expect(stdout).toBe('other:v1\n')
})

test('says what to write where there is no project', async () => {
  const { code, stdout, stderr } = await runBento('build')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^BENTOFILE_NOT_FOUND: "<cwd>".*\n {2}Create bentofile\.yaml/)
})

test('shows where the bentofile is wrong, all at once', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'bentofile.yaml'), 'service: service:Hello\nlables: {}\nname: 3\n')
  expect(await runBento('build', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "BENTOFILE_INVALID: "<cwd>/bentofile.yaml" has 2 problems
✖ <cwd>/bentofile.yaml:2:1 Unknown key "lables", did you mean "labels"?
✖ <cwd>/bentofile.yaml:3:1 Invalid input: expected string, received number → at name
  See bentofile.schema.json of bentojs for all keys.
",
  "stdout": "",
}
`)
})

test('refuses to build a bento', async () => {
  const cwd = await cwdWithBentos(['iris:v1'])
  expect(await runBento('build home/bentos/iris/v1', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: "<cwd>/home/bentos/iris/v1" is a bento that is built already
  Name the folder of a project, or a service as service.ts:IrisClassifier.
",
  "stdout": "",
}
`)
})

test('a dry run lists files and sizes, and stores nothing', async () => {
  const cwd = await helloProject()
  const { stdout, stderr } = await runBento('build --dry-run --no-check --version v1', { cwd })
  expect(stdout).toMatch(/^File +Size\n/)
  expect(stdout).toMatch(/^src\/service\.ts +\d+ B$/m)
  expect(stderr).toMatch(/^Would build hello:v1, .*; nothing was stored\.$/m)
  expect((await runBento('list', { cwd })).stdout).not.toContain('hello:v1')
})

test('fails when the image that was asked for too cannot be made', async () => {
  const cwd = await helloProject()
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' }
  const line = 'build --no-check --version v1 --containerize -o tag'
  const { code, stdout, stderr } = await runBento(line, { cwd, env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^DOCKER_FAILED: No Docker engine answers/m)
})

test('refuses a platform that has no images', async () => {
  const cwd = await helloProject()
  const { code, stderr } = await runBento('build --platform windows/amd64', { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('"windows/amd64" is no platform that images are built for')
})

test('refuses to push an image without a name before it builds', async () => {
  const { code, stdout, stderr } = await runBento('build --push', { cwd: await helloProject() })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^USAGE: --push needs the name .*\n {2}Name it with -t/)
})

test.each([
  ['--name my/hello', 'TAG_INVALID: "my/hello" is not a tag: its name holds "/"'],
  ['--version latest', 'TAG_INVALID: "latest" is not a tag: "latest" is reserved'],
  ['--containerize -t Hello:v1', 'IMAGE_NAME_INVALID: Image name "Hello:v1" must be lower-case'],
  [
    '-t hello:v1',
    'USAGE: -t names an image, and none is to be made\n  Add --containerize, or --push',
  ],
])('refuses %s before it builds', async (flags, problem) => {
  const cwd = await helloProject()
  const { code, stdout, stderr } = await runBento(`build ${flags}`, { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.slice(0, problem.length)).toBe(problem)
})

test('warns of a native package that the service does not import', async () => {
  const cwd = await helloProject()
  await writeFile(
    join(cwd, 'bentofile.yaml'),
    'service: service:Hello\nnode: { native: [shrap] }\n',
  )
  const { code, stderr } = await runBento('build --dry-run --no-check', { cwd })
  expect(code).toBe(0)
  expect(stderr).toContain(
    'Warning: node.native names "shrap", which the service does not import\n',
  )
})

test('refuses a name of the bentofile before it builds', async () => {
  const cwd = await helloProject()
  await writeFile(join(cwd, 'bentofile.yaml'), 'service: service:Hello\nname: my hello\n')
  const { stderr } = await runBento('build --dry-run', { cwd })
  expect(stderr).toMatch(/^TAG_INVALID: "my hello" is not a tag: its name holds " "/)
})
