import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { importModel } from '../../src/models/save.ts'
import { openBentoStore, type BentoEntry } from '../../src/store/bento-store.ts'
import { openModelStore } from '../../src/store/model-store.ts'
import { echoProject } from '../build/echo-project.ts'
import { describeWith, missing } from '../describe-with.ts'
import { identityModel } from '../models/onnx-writer.ts'
import { openTestRegistry, startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { runBento, type BentoResult } from './run-bento.ts'

jest.setTimeout(120_000)

// No registry is there, so that nothing can be asked.
const nowhere = '127.0.0.1:9/base:v1'

let context: string
let home: string
let remote: string
let locked: string

const build = (flags: string, at = home): Promise<BentoResult> =>
  runBento(`build --no-check -o tag ${flags}`, { cwd: context, env: { BENTO_HOME: at } })

const bentofile = (base: string): string => `service: service.ts:EchoModel
models: { remote: "${remote}", include: ["extra"] }
docker: { base_image: "${base}" }
`

beforeAll(async () => {
  ;({ home, context } = await echoProject())
  remote = `file://${join(await temporaryFolder(), 'models')}`
  await writeFile(join(context, 'bentofile.yaml'), bentofile(nowhere))
})

test('writes down what tags stand for, and says which image it could not ask for', async () => {
  const { stdout, stderr } = await build('--lock')
  expect(stderr).toContain(`the lock has no digest of ${nowhere}: "127.0.0.1:9" cannot be reached`)
  locked = stdout
  const lock = await readFile(join(context, 'bento.lock'), 'utf8')
  expect(lock).toBe(`format: 1
models:
  - requested: echo:latest
    tag: echo:v1
    digest: 5e964944f4b6712aef63a282bd6a631a27a36cc25ae9fc5a2b316bce509e57d7
  - requested: extra
    tag: extra:v2
    digest: 5e964944f4b6712aef63a282bd6a631a27a36cc25ae9fc5a2b316bce509e57d7
images:
  - name: ${nowhere}
`)
})

test('a frozen build gives the same bento, also where the models must be pulled first', async () => {
  expect((await build('--frozen')).stdout).toBe(locked)
  for (const tag of ['echo:v1', 'extra:v2']) {
    const url = `${remote}/${tag.split(':')[0]}`
    await runBento(`models push ${tag} ${url}`, { cwd: context, env: { BENTO_HOME: home } })
  }
  const empty = await temporaryFolder()
  const { stdout, stderr } = await build('--frozen', empty)
  expect(stdout).toBe(locked)
  expect(stderr).toContain(`Pulling echo:v1 from ${remote}/echo:v1`)
  expect(await openModelStore(empty).list()).toHaveLength(2)
})

test('a newer model is left alone by a frozen build, taken by another, and both say so', async () => {
  const file = join(home, 'echo.onnx')
  await writeFile(file, identityModel('float32', ['rows', 3]))
  await importModel(openModelStore(home), { file, name: 'echo', version: 'v9' })
  const frozen = await build('--frozen')
  expect(frozen.stdout).toBe(locked)
  expect(frozen.stderr).toContain(
    'bento.lock holds "echo:latest" at echo:v1; in the store it is echo:v9 now',
  )
  const plain = await build('')
  expect(plain.stdout).not.toBe(locked)
  expect(plain.stderr).toContain('bento.lock is not what would be built: "echo:v9" has other files')
})

test.each([
  {
    what: 'another base image',
    from: /images:\n {2}- name: .*/,
    to: 'images:\n  - name: other:v1',
    message: /built on 127.*:9\/base:v1, not on other:v1/,
  },
  {
    what: 'other files of a model',
    from: /5e964944/,
    to: '00004944',
    message: /"echo:v1" has other files than were locked/,
  },
  {
    what: 'a model that it does not know',
    from: /requested: extra/,
    to: 'requested: more',
    message: /asks for "extra", of which/,
  },
  {
    what: 'a model that nobody asks for',
    from: /images:/,
    to: '  - {requested: old, tag: "old:v1", digest: ab}\nimages:',
    message: /nobody asks for "old" any more/,
  },
])('a frozen build fails on $what, and stores nothing', async ({ from, to, message }) => {
  const file = join(context, 'bento.lock')
  const before = await readFile(file, 'utf8')
  const bentos = await openBentoStore(home).list()
  await writeFile(file, before.replace(from, to))
  const { code, stderr } = await build('--frozen')
  await writeFile(file, before)
  expect(stderr).toMatch(/^LOCK_DRIFTED: bento.lock is not what would be built: /m)
  expect(stderr).toMatch(message)
  expect(code).toBe(1)
  expect(await openBentoStore(home).list()).toHaveLength(bentos.length)
})

test('says that there is no lock, that it is broken, and that two flags exclude each other', async () => {
  const file = join(context, 'bento.lock')
  const before = await readFile(file, 'utf8')
  await writeFile(file, 'format: 1\nmodels: all\n')
  expect((await build('--frozen')).stderr).toMatch(
    /^LOCK_INVALID: ".*bento.lock" is broken at models: expected a list, got "all"\n.*--lock/m,
  )
  await writeFile(file, before)
  const { code, stderr } = await build('--frozen --lock')
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^USAGE: --lock and/),
  })
  const other = await runBento('build --frozen', { cwd: (await echoProject()).context })
  expect(other.stderr).toMatch(/^LOCK_DRIFTED: .*has no bento.lock/m)
})

describeWith('a registry', await missing('docker-registry'), () => {
  test('the image is pinned to what its name stands for, in the lock, the bento and its Dockerfile', async () => {
    const { host } = await startRegistry()
    const registry = await openTestRegistry(host)
    const bytes = Buffer.from(
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}',
    )
    const mediaType = 'application/vnd.oci.image.index.v1+json'
    const digest = await registry.putManifest('base', 'v1', { mediaType, bytes })
    await writeFile(join(context, 'bentofile.yaml'), bentofile(`${host}/base:v1`))
    await build('--lock')
    expect(await readFile(join(context, 'bento.lock'), 'utf8')).toContain(`digest: ${digest}\n`)
    const { stdout } = await build('--frozen')
    const bento: BentoEntry = await openBentoStore(home).require(stdout.trim())
    expect(bento.manifest.image.digests).toEqual({ [`${host}/base:v1`]: digest })
    const dockerfile = await readFile(join(bento.path, 'env/docker/Dockerfile'), 'utf8')
    expect(dockerfile).toContain(`ARG BASE=${host}/base:v1@${digest}\n`)
  })
})
