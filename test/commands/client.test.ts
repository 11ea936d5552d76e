import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { transformSync } from 'esbuild'
import { serve, type Served } from '../../src/testing/serve.ts'
import { createProject } from '../build/project.ts'
import { run } from '../processes.ts'
import { runBento } from './run-bento.ts'

// Each bundles a service.
jest.setTimeout(60_000)

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const typeRoots = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))

const source = `import { api, bytes, file, int64, list, NotFound, service } from 'bentojs'
import { z } from 'zod'

const Item = z.object({ name: z.string(), 'price in €': z.number().default(1), tags: z.array(z.string()).nullable() })
const Tree = z.object({ name: z.string(), get children() { return z.array(Tree) } })
const Node = z.object({ id: z.int64(), get next() { return Node.nullable() } })

@service({ name: 'shop-1' })
export class Shop {
  @api({ input: { item: Item, kind: z.enum(['a', 'b']).optional() }, output: z.tuple([z.string(), z.number()]), description: 'What it */ costs' })
  price({ item, kind = 'a' }) { return [item.name + kind, item['price in €']] }

  @api({ input: z.string(), output: z.string() })
  shout(text) { return text.toUpperCase() }

  @api({ input: { tree: Tree }, output: z.number() })
  count({ tree }) { return 1 + tree.children.length }

  @api({ input: { id: z.string(), n: z.int() }, output: z.record(z.string(), z.int()), route: '/items/{id}' })
  item({ id, n }) { return { [id]: n } }

  @api({ input: { f: file(), label: z.string().default('x') }, output: z.string() })
  async describe({ f, label }) { return [label, f.name, f.type, String(await f.bytes())].join(':') }

  @api({ input: { fs: list(file()) }, output: z.int() })
  total({ fs }) { return fs.reduce((sum, { size }) => sum + size, 0) }

  @api({ input: file({ contentTypes: ['image/png'] }), output: file({ contentTypes: ['image/png'] }) })
  copy(f) { return f }

  @api({ input: bytes(), output: bytes() })
  reverse(given) { return given.toReversed() }

  @api({ input: { id: int64() }, output: z.object({ id: z.int64(), text: z.string() }) })
  next({ id }) { return { id: id + 1n, text: '"9007199254740993"' } }

  @api({ input: { node: Node }, output: z.array(Node) })
  chain({ node }) { return [node] }

  @api({ input: { to: z.int() }, output: z.object({ n: z.int() }) })
  async *steps({ to }) { for (let n = 1; n <= to; n += 1) yield { n } }

  @api({ input: { to: z.int() }, output: z.string(), stream: 'sse' })
  async *events({ to }) { for (let n = 1; n <= to; n += 1) yield 'line\\n' + n }

  @api
  call() { throw new NotFound('Sold out', { detail: [{ type: 'sold', loc: ['x'], msg: 'out' }] }) }
}
`

// What is called on the client, in a program of its own.
const program = `import { ServiceError, Shop1Client } from './client.mjs'
const shop = new Shop1Client(process.argv[2] + '/', { timeoutMs: 20000 })
const all = async (items) => { const list = []; for await (const item of items) list.push(item); return list }
const blobOf = async (call) => {
  const blob = await call
  return [blob.type, ...new Uint8Array(await blob.arrayBuffer())]
}
const idOf = async (call) => {
  const { id, text } = await call
  return [typeof id, String(id), text]
}
const chainOf = async (id) => {
  const [node] = await shop.chain({ node: { id: 1n, next: { id, next: null } } })
  return String(node.next.id)
}
const error = await shop.api_call().catch((caught) => caught)
console.log(JSON.stringify([
  await shop.price({ item: { name: 'tea', tags: null }, kind: 'b' }),
  await shop.shout('é"'),
  await shop.count({ tree: { name: 'a', children: [{ name: 'b', children: [] }] } }),
  await shop.item({ id: 'a/b', n: 2 }),
  await all(shop.steps({ to: 3 })),
  await all(shop.events({ to: 2 })),
  await shop.describe({ f: new File(['a note'], 'é.txt', { type: 'text/plain' }) }),
  await shop.total({ fs: [new Blob(['abc']), new Blob(['de'])] }),
  await blobOf(shop.copy(new Blob([Uint8Array.of(1, 255)], { type: 'image/png' }))),
  await blobOf(shop.reverse(new Blob([Uint8Array.of(0, 255)]))),
  await idOf(shop.next({ id: 2n ** 62n })),
  await idOf(shop.next({ id: 3 })),
  await chainOf(2n ** 63n - 1n),
  [error instanceof ServiceError, error.status, error.code, error.message, error.detail],
]))
`

// What TypeScript has to take, and what it must not.
const types = `import { Shop1Client } from './client.ts'
export async function use(shop: Shop1Client): Promise<void> {
  const [name, price]: [string, number] = await shop.price({ item: { name: 'tea', tags: ['x'] } })
  const items: Record<string, number> = await shop.item({ id: name, n: price })
  const { id }: { id: number | bigint } = await shop.next({ id: 1n })
  const [node] = await shop.chain({ node: { id: 1n, next: null } })
  const next: number | bigint | undefined = node?.next?.id
  const copy: Blob = await shop.copy(new Blob([String(id), String(next)]))
  await shop.total({ fs: [copy] })
  for await (const { n } of shop.steps({ to: items['a'] ?? 1 })) await shop.shout(n.toFixed())
  // @ts-expect-error -- there is no such kind
  await shop.price({ item: { name: 'tea', tags: [] }, kind: 'c' })
  // @ts-expect-error -- the tree has children
  await shop.count({ tree: { name: 'a', children: [{ name: 'b' }] } })
}
`

describe('a generated client', () => {
  let cwd: string
  let served: Served<unknown>

  beforeAll(async () => {
    cwd = await createProject({ 'service.ts': source, 'use.ts': types, 'use.mjs': program })
    served = await serve('service.ts', { cwd, config: { auth: { keys: ['secret'] } } })
  })

  afterAll(() => served.close())

  test.each([
    ['a browser', ['--lib', 'es2022,dom,dom.iterable', '--types', '']],
    ['Node', ['--lib', 'es2023,esnext.decorators', '--types', 'node', '--typeRoots', typeRoots]],
  ])('compiles under strict rules with the types of %s', async (_, platform) => {
    const { stderr } = await runBento('client -o client.ts', { cwd })
    expect(stderr).toMatch(/^Wrote client\.ts: 13 methods of shop-1$/m)
    const flags = ['--ignoreConfig', '--strict', '--noEmit', '--allowImportingTsExtensions']
    const stricter = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const target = [...stricter, '--target', 'es2022', '--module', 'preserve', '--skipLibCheck']
    await run(process.execPath, [tsc, ...flags, ...target, ...platform, 'use.ts'], { cwd })
  })

  test('calls a service that runs', async () => {
    const open = await serve('service.ts', { cwd })
    try {
      await runBento(`client ${open.url} -o client.ts`, { cwd })
      const text = await readFile(join(cwd, 'client.ts'), 'utf8')
      const { code } = transformSync(text, { loader: 'ts', target: 'node20' })
      await writeFile(join(cwd, 'client.mjs'), code)
      const out = await run(process.execPath, ['use.mjs', open.url], { cwd })
      expect(JSON.parse(out)).toEqual([
        ['teab', 1],
        'É"',
        2,
        { 'a/b': 2 },
        [{ n: 1 }, { n: 2 }, { n: 3 }],
        ['line\n1', 'line\n2'],
        'x:é.txt:text/plain:a note',
        5,
        ['image/png', 1, 255],
        ['application/octet-stream', 255, 0],
        ['bigint', String(2n ** 62n + 1n), '"9007199254740993"'],
        ['number', '4', '"9007199254740993"'],
        '9223372036854775807',
        [true, 404, 'NOT_FOUND', 'Sold out', [{ type: 'sold', loc: ['x'], msg: 'out' }]],
      ])
    } finally {
      await open.close()
    }
  })

  test('needs the key of the service', async () => {
    expect(await runBento(`client ${served.url}`, { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^SERVICE_UNREACHABLE: .*\n {2}Give its key with --token\./),
    })
    const { stdout } = await runBento(`client ${served.url} --token secret`, { cwd })
    expect(stdout).toContain('export class Shop1Client extends BentoClient {')
  })

  test('is the same from a bento, by its tag or its folder', async () => {
    const tag = (await runBento('build --no-check -o tag', { cwd })).stdout.trim()
    const [, folder = ''] =
      /(\S+)\n$/.exec((await runBento(['get', tag, '-o', 'path'], { cwd })).stdout) ?? []
    const of = async (target: string): Promise<string> =>
      (await runBento(['client', target], { cwd })).stdout
    const fromProject = await of('.')
    expect(fromProject).toContain('export class Shop1Client extends BentoClient {')
    expect(await of(tag)).toBe(fromProject)
    expect(await of(folder.replace('<cwd>', cwd))).toBe(fromProject)
  })

  test('fits until a change breaks it, which is named', async () => {
    await runBento('client -o client.ts', { cwd })
    const added = source.replace('@api\n  call()', '@api\n  more() {}\n\n  @api\n  call()')
    await writeFile(join(cwd, 'service.ts'), added)
    expect(await runBento('client --check client.ts', { cwd })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/client\.ts fits the service; it does not have more yet\n$/),
    })
    const broken = source
      .replace('{ to: z.int() }', '{ to: z.string() }')
      .replace('shout(', 'whisper(')
    await writeFile(join(cwd, 'service.ts'), broken)
    const { code, stdout, stderr } = await runBento('client --check client.ts', { cwd })
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: 'shout: the method is gone\nsteps: input.to was integer, is string\n',
    })
    expect(stderr).toMatch(
      /The service does not fit client\.ts\. Write it again with `bento client/,
    )
    const json = await runBento('client --check client.ts --json', { cwd })
    expect(JSON.parse(json.stdout)).toEqual({
      breaking: [
        { method: 'shout', change: 'the method is gone' },
        { method: 'steps', change: 'input.to was integer, is string' },
      ],
      added: ['whisper'],
    })
  })
})

test.each([
  ['client --check nothing.ts', 1, 'FILE_NOT_FOUND: There is no file "nothing.ts"'],
  ['client --check use.ts', 2, 'CLIENT_INVALID: "use.ts" is no client that `bento client` wrote'],
  ['client --check a.ts -o b.ts', 2, 'USAGE: --check and --output exclude each other'],
  ['client http://127.0.0.1:1', 1, 'SERVICE_UNREACHABLE: No service answers at http://127.0.0.1:1'],
])('refuses %s', async (line, code, message) => {
  const cwd = await createProject({ 'service.ts': source, 'use.ts': types })
  const result = await runBento(line, { cwd })
  expect(result.code).toBe(code)
  expect(result.stderr.startsWith(message)).toBe(true)
})
