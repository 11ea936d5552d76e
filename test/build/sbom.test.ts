import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { beforeAll, expect, jest, test } from '@jest/globals'
import type { BentoEntry } from '../../src/store/bento-store.ts'
import { digestFiles, readFiles } from '../../src/store/digest.ts'
import { build, echoProject } from './echo-project.ts'

jest.setTimeout(120_000)

let bento: BentoEntry

beforeAll(async () => {
  const { home, context } = await echoProject()
  bento = await build(context, home)
})

const textOf = (file: string): Promise<string> => readFile(join(bento.path, file), 'utf8')

async function jsonOf<T>(file: string): Promise<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because each test looks at what it is
  return JSON.parse(await textOf(file)) as T
}

interface Listed {
  readonly 'bom-ref': string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly components?: readonly Listed[]
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity: string }>>
}

interface Statement {
  readonly subject: readonly unknown[]
  readonly predicate: {
    readonly buildDefinition: { readonly resolvedDependencies: readonly unknown[] }
  }
}

test("the list of what is in a bento is what CycloneDX's own schema asks for", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  const text = await textOf('sbom.cdx.json')
  expect(await validator.validate(text)).toBeNull()
  const broken = text.replace('"type": "application"', '"type": "app"')
  expect(await validator.validate(broken)).not.toBeNull()
})

test('lists what is bundled, what is installed, and models with the digests of their files', async () => {
  const bom = await jsonOf<{ components: readonly Listed[] }>('sbom.cdx.json')
  const refs = bom.components.map((one) => one['bom-ref'])
  expect(refs).toContain(`pkg:npm/bentojs@${bento.manifest.bento_version}`)
  expect(refs.some((ref) => /^pkg:npm\/yaml@\d/.test(ref))).toBe(true)
  const runtime = bom.components.find((one) =>
    one['bom-ref'].startsWith('pkg:npm/onnxruntime-node'),
  )
  const { packages } = await jsonOf<Lock>('package-lock.json')
  const { integrity } = packages['node_modules/onnxruntime-node'] ?? { integrity: '' }
  const hex = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
  expect(runtime?.hashes).toEqual([{ alg: 'SHA-512', content: hex }])
  const model = bom.components.find((one) => one['bom-ref'] === 'model:echo:v1')
  const files = await readFiles(join(bento.path, 'models/echo/v1'))
  const weights = files.find(({ path }) => path === 'echo.onnx')
  expect(model?.components).toEqual([
    {
      type: 'file',
      'bom-ref': 'model:echo:v1/echo.onnx',
      name: 'echo.onnx',
      hashes: [{ alg: 'SHA-256', content: weights?.sha256 }],
    },
  ])
})

test('says how it was built, of every file that is in it', async () => {
  const statement = await jsonOf<Statement>('provenance.json')
  const files = (await readFiles(bento.path)).filter(({ path }) => path !== 'provenance.json')
  expect(statement.subject).toEqual(
    files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
  )
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { externalParameters: { service: 'EchoModel', args: {} } },
      runDetails: { builder: { version: { bentojs: bento.manifest.bento_version } } },
    },
  })
  const sources = files.filter(({ path }) => path.startsWith('src/'))
  expect(statement.predicate.buildDefinition.resolvedDependencies).toEqual(
    expect.arrayContaining([
      { name: 'sources', uri: 'file:src', digest: { sha256: digestFiles(sources) } },
      {
        name: 'echo:v1',
        uri: 'urn:bentojs:model:echo:v1',
        digest: { sha256: bento.manifest.models[0]?.digest },
      },
      { name: 'node:26-slim', uri: 'docker://node:26-slim' },
    ]),
  )
})
