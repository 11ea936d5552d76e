import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { importModel } from '../../src/models/save.ts'
import { openBentoStore, type BentoEntry } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { importBento, exportBento } from '../../src/store/transfer.ts'
import { describeWith, missing } from '../describe-with.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { filesOf } from './echo-project.ts'
import { answerOf, bentoWithout, modelOf, pushModel, serveCopy } from './unpacked.ts'

jest.setTimeout(120_000)

let folder: string
let bento: BentoEntry

beforeAll(async () => {
  folder = join(await temporaryFolder(), 'models')
  bento = await bentoWithout(`file://${folder}`)
  await pushModel(await modelOf(bento), `file://${folder}/echo`)
})

test('leaves the weights out, and says where they come from', async () => {
  const files = await filesOf(join(bento.path, 'models'))
  expect(files).toEqual(['echo/v1/model.yaml'])
  expect(bento.manifest.models).toMatchObject([
    { tag: 'echo:v1', path: 'models/echo/v1', source: `file://${folder}/echo:v1` },
  ])
  expect((await stat(join(bento.path, 'dist/fetch-model.mjs'))).size).toBeLessThan(3e6)
})

test('exports and imports without the weights', async () => {
  const home = await temporaryFolder()
  const file = await exportBento(
    openBentoStore(join(bento.path, '../../..')),
    bento.tag,
    `${home}/`,
  )
  expect((await importBento(openBentoStore(home), file)).tag).toBe(bento.tag)
})

test('fetches them at the start, once', async () => {
  const home = await temporaryFolder()
  const first = await serveCopy(bento, home)
  expect(await answerOf(first)).toEqual([[1, 2]])
  expect(first.output()).toContain(`Fetching model echo:v1 from file://${folder}/echo:v1`)
  await first.kill()
  const second = await serveCopy(bento, home)
  expect(await answerOf(second)).toEqual([[1, 2]])
  expect(second.output()).not.toContain('Fetching')
})

test('fetches again what was spoilt in the cache', async () => {
  const home = await temporaryFolder()
  const cache = join(home, 'cache/models', bento.manifest.models[0]?.digest ?? '')
  await mkdir(cache, { recursive: true })
  await cp(join(bento.path, 'models/echo/v1/model.yaml'), join(cache, 'model.yaml'))
  await writeFile(join(cache, 'echo.onnx'), 'spoilt')
  expect(await answerOf(await serveCopy(bento, home))).toEqual([[1, 2]])
})

test('refuses another model under the same tag, and keeps nothing of it', async () => {
  const other = join(await temporaryFolder(), 'models')
  const unlike = await bentoWithout(`file://${other}`)
  const store = openModelStore(await temporaryFolder())
  const file = join(await temporaryFolder(), 'echo.onnx')
  await writeFile(file, identityModel('float32', ['rows', 3]))
  const entry = await importModel(store, { file, name: 'echo', version: 'v1' })
  await pushModel(entry, `file://${other}/echo`)
  const home = await temporaryFolder()
  const server = await serveCopy(unlike, home)
  expect(await server.exited).toBe(1)
  expect(server.output()).toMatch(
    /DIGEST_MISMATCH: Model "echo:v1" at .* has the digest \w{64}, and the bento was built with 5e96/,
  )
  expect(await readdir(join(home, 'cache/models'))).toEqual(['.parts'])
})

test('says what is not there', async () => {
  const gone = join(await temporaryFolder(), 'models')
  const server = await serveCopy(await bentoWithout(`file://${gone}`), await temporaryFolder())
  expect(await server.exited).toBe(1)
  expect(server.output()).toContain(
    `MODEL_NOT_FOUND: There is no model at "file://${gone}/echo:v1"`,
  )
})

describeWith('a registry', await missing('docker-registry'), () => {
  test('lives and is not ready while it fetches, and ends at once on SIGTERM', async () => {
    const { host } = await startRegistry()
    const gate = await closedGate(host)
    const held = await bentoWithout(`oci://${gate.host}/models`)
    await pushModel(await modelOf(held), `oci://${host}/models/echo`)
    const [waiting, ended] = [
      await serveCopy(held, await temporaryFolder()),
      await serveCopy(held, await temporaryFolder()),
    ]
    await Promise.all([waiting, ended].map((one) => one.printed(/Fetching model/)))
    ended.signal('SIGTERM')
    expect(await ended.exited).toBe(130)
    const [, address = ''] = await waiting.printed(/Listening on (http:[^,]+),/)
    expect((await fetch(`${address}/livez`)).status).toBe(200)
    const ready = await fetch(`${address}/readyz`)
    expect({ status: ready.status, text: await ready.text() }).toEqual({
      status: 503,
      text: expect.stringContaining('The models are being fetched'),
    })
    gate.open()
    expect(await answerOf(waiting)).toEqual([[1, 2]])
    expect((await fetch(`${address}/readyz`)).status).toBe(200)
    await gate.close()
  })
})

interface Gate {
  readonly host: string
  readonly open: () => void
  readonly close: () => Promise<unknown>
}

/** In front of a registry: it takes connections, and passes on nothing until it is opened. */
async function closedGate(target: string): Promise<Gate> {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const [host = '', port = ''] = target.split(':')
  const pass = (socket: Socket): void => {
    const upstream = connect(Number(port), host)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  }
  const server: Server = createServer(async (socket) => {
    socket.on('error', () => undefined)
    await opened
    pass(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  return { host: `127.0.0.1:${own}`, open, close: async () => server.close() }
}
