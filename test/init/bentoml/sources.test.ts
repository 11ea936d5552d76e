import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { runBento } from '../../commands/run-bento.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const recorded = fileURLToPath(new URL('../../fixtures/bentoml/schema.json', import.meta.url))

test('reads the schema of a running service', async () => {
  const schema = await readFile(recorded, 'utf8')
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/schema.json' ? 200 : 404).end(schema)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const cwd = await temporaryFolder()
  const { code } = await runBento(['init', 'moved', '--from', url], { cwd })
  server.close()
  expect(code).toBe(0)
  expect(await readFile(join(cwd, 'moved', 'service.ts'), 'utf8')).toContain('async classify(')
})

test('takes the options and the bentofile of a bento along, and no secret', async () => {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'bento'))
  const manifest = {
    service: 'service:Iris',
    name: 'iris',
    version: 'abc',
    entry_service: 'iris',
    labels: { owner: 'ann', quoted: 'a: "b"' },
    models: [{ tag: 'iris_clf:xyz', module: 'bentoml.sklearn' }],
    envs: [{ name: 'TOKEN', value: 's3cret', stage: 'all' }],
    services: [
      {
        name: 'iris',
        config: {
          traffic: { timeout: 10, max_concurrency: 4, external_queue: null },
          workers: 2,
          extra_ports: [1],
        },
      },
    ],
    schema: JSON.parse(await readFile(recorded, 'utf8')) as unknown,
  }
  await writeFile(join(cwd, 'bento', 'bento.yaml'), JSON.stringify(manifest))
  const { code } = await runBento('init moved --from bento', { cwd })
  expect(code).toBe(0)
  const service = await readFile(join(cwd, 'moved', 'service.ts'), 'utf8')
  expect(service).toContain('traffic: { timeout: 10, maxConcurrency: 4 }, workers: 2 }')
  const bentofile = await readFile(join(cwd, 'moved', 'bentofile.yaml'), 'utf8')
  expect(bentofile).toMatchInlineSnapshot(`
"# yaml-language-server: $schema=node_modules/bentojs/bentofile.schema.json
service: service.ts:Iris
name: "iris"
labels: {"owner":"ann","quoted":"a: \\"b\\""}
envs: [{"name":"TOKEN","stage":"all"}]
models: ["iris_clf:xyz"]
"
`)
})

test.each([
  [['init', 'a', '--from', 'nowhere.json'], 'FILE_NOT_FOUND: '],
  [['init', 'a', '--from', 'nowhere'], 'FILE_NOT_FOUND: '],
  [['init', 'a', '--from', 'http://127.0.0.1:1'], 'SERVICE_UNREACHABLE: '],
  [
    ['init', 'a', '--from', 'x.json', '--model', 'y'],
    'USAGE: --from and --model exclude each other',
  ],
])('refuses %j', async (line, start) => {
  const { code, stderr } = await runBento(line)
  expect(code).toBeGreaterThan(0)
  expect(stderr.startsWith(start)).toBe(true)
})

test.each(['[]', '{"routes":[]}', '{"name":"x"}', 'nope'])(
  'refuses a schema that is %s',
  async (text) => {
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'schema.json'), text)
    const { code, stderr } = await runBento('init a --from schema.json', { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^SERVICE_INVALID: /)
  },
)
