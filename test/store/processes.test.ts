// oxlint-disable-next-line no-restricted-imports -- because these children must be killed by the test
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { digestFile } from '../../src/lib/files.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { createStaging } from '../../src/store/staging.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

// The store as its processes load it: compiled once, so that nobody who builds meanwhile changes it under them.
let compiled = ''

beforeAll(async () => {
  compiled = await temporaryFolder()
  await build({
    entryPoints: ['store/model-store.ts', 'models/save.ts'].map((file) => join(root, 'src', file)),
    outdir: compiled,
    outbase: join(root, 'src'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // Packages of CommonJS, bundled, still ask for `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
})

interface Writer {
  readonly child: ChildProcess
  readonly line: Promise<string>
  readonly code: Promise<unknown>
}

interface WriterOptions {
  /** Where it stands still until it is killed. */
  readonly stop?: string
  readonly name?: string
}

function startWriter(
  home: string,
  file: string,
  { stop = 'never', name = 'iris' }: WriterOptions = {},
): Writer {
  const script = join(root, 'test/fixtures/store-writer.mjs')
  const args = [script, compiled, home, file, stop, name]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const code = once(child, 'exit').then(([exit, signal]: unknown[]) => exit ?? signal)
  const ended = code.then((value) => {
    throw new Error(`the writer ended with ${String(value)} before it said anything`)
  })
  const line = Promise.race([once(child.stdout, 'data').then(String), ended])
  // Only some tests wait for the line.
  line.catch(() => {})
  return { child, line, code }
}

async function bigModel(): Promise<string> {
  const file = join(await temporaryFolder(), 'model.onnx')
  // An unknown field of some megabytes, so that copying takes its time.
  const weights = Buffer.alloc(8 << 20, 7)
  const tag = Buffer.from([0xfa, 0x3f, 0x80, 0x80, 0x80, 0x04])
  await writeFile(file, Buffer.concat([identityModel('float32'), tag, weights]))
  return file
}

test.each([
  ['while it fills its folder', 'staging'],
  ['between placing its folder and noting it', 'placed'],
])(
  'keeps the store whole when one of 16 writers is killed %s',
  async (_name, stop) => {
    const home = await temporaryFolder()
    const file = await bigModel()
    const victim = startWriter(home, file, { stop })
    if (stop === 'placed') await victim.line
    const others = Array.from({ length: 15 }, () => startWriter(home, file))
    await victim.line
    victim.child.kill('SIGKILL')
    expect(await victim.code).toBe('SIGKILL')
    expect(await Promise.all(others.map((writer) => writer.code))).toEqual(others.map(() => 0))

    const store = openModelStore(home)
    const [entry, ...more] = await store.list(undefined, (error) => {
      throw error
    })
    expect(more).toEqual([])
    expect(new Set(await Promise.all(others.map((writer) => writer.line)))).toEqual(
      new Set([`${entry?.tag}\n`]),
    )
    const stored = await readFile(join(entry?.path ?? '', 'model.onnx'))
    expect(stored.equals(await readFile(file))).toBe(true)
    expect((await store.find('iris'))?.tag).toBe(entry?.tag)

    const next = await store.stage()
    expect(await readdir(join(home, 'models', '.staging'))).toHaveLength(1)
    await next.discard()
    const blobs = await readdir(join(home, 'models', '.blobs'))
    expect(blobs).toEqual(entry?.manifest.files.map(({ sha256 }) => sha256))
    expect(await store.sweep()).toBe(0)
  },
  60_000,
)

test('keeps every file whole while others import, delete and sweep the same weights', async () => {
  const home = await temporaryFolder()
  const file = await bigModel()
  const store = openModelStore(home)
  const writers = Array.from({ length: 8 }, (_, at) =>
    startWriter(home, file, { name: `iris_${at}` }),
  )
  const ended = Promise.all(writers.map((writer) => writer.code))
  // Who deletes what is only just there makes its import fail, and rightly: each has said that it is done.
  const removals = writers.slice(0, 4).map(async ({ line }) => store.remove((await line).trim()))
  let codes: unknown[] | undefined
  while (codes === undefined) {
    await store.sweep()
    codes = await Promise.race([ended, Promise.resolve(undefined)])
  }
  await Promise.all(removals)
  expect(codes).toEqual(writers.map(() => 0))
  const left = await store.list()
  expect(left).toHaveLength(4)
  for (const { path, manifest } of left) {
    const [stored] = manifest.files
    expect(await digestFile(join(path, stored?.path ?? ''))).toMatchObject({
      sha256: stored?.sha256,
    })
  }
  for (const { tag } of left) await store.remove(tag)
  expect(await readdir(join(home, 'models', '.blobs'))).toEqual([])
}, 60_000)

test('never sweeps what a living process fills', async () => {
  const home = await temporaryFolder()
  const file = await bigModel()
  const writer = startWriter(home, file, { stop: 'staging' })
  await writer.line
  const stagings = join(home, 'models', '.staging')
  const [theirs = ''] = await readdir(stagings)
  const old = new Date(Date.now() - 1000 * 60 * 60 * 48)
  await utimes(join(stagings, theirs), old, old)
  const ours = await openModelStore(home).stage()
  expect(await readdir(stagings)).toContain(theirs)
  await ours.discard()
  writer.child.kill('SIGKILL')
  await writer.code
  await (await openModelStore(home).stage()).discard()
  expect(await readdir(stagings)).toEqual([])
}, 60_000)

test('sweeps what nobody known fills only after a day', async () => {
  const store = await temporaryFolder()
  const make = async (name: string, hours: number, owner?: string): Promise<void> => {
    const folder = join(store, '.staging', name)
    await mkdir(folder, { recursive: true })
    if (owner !== undefined) await writeFile(join(folder, 'owner.json'), owner)
    const time = new Date(Date.now() - hours * 60 * 60 * 1000)
    await utimes(folder, time, time)
  }
  const elsewhere = JSON.stringify({ pid: 1, started: '1', place: 'another machine' })
  await make('unsigned-new', 1)
  await make('unsigned-old', 25)
  await make('elsewhere-new', 23, elsewhere)
  await make('elsewhere-old', 25, elsewhere)
  await make('garbled-new', 1, '{"pid":')
  const staging = await createStaging(store)
  await staging.discard()
  expect((await readdir(join(store, '.staging'))).toSorted()).toEqual([
    'elsewhere-new',
    'garbled-new',
    'unsigned-new',
  ])
})

test('takes a process that has the number of a dead one for another', async () => {
  const store = await temporaryFolder()
  const staging = await createStaging(store)
  const file = join(staging.path, '../owner.json')
  const owner: unknown = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify(Object.assign({}, owner, { started: '1' })))
  const next = await createStaging(store)
  await expect(readdir(staging.path)).rejects.toMatchObject({ code: 'ENOENT' })
  await next.discard()
})
