import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Served } from '../../src/testing/serve.ts'
import { runBento } from '../commands/run-bento.ts'
import { describeWith } from '../describe-with.ts'
import { run } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { missingBentoml, python } from './python.ts'
import { here, serveOriginal, serveTwin, type Original } from './twins.ts'

// BentoML starts, and its client calls every method of two servers.
jest.setTimeout(180_000)

type Results = Readonly<Record<string, unknown>>

// What BentoML's client cannot do, whoever answers: it fails before it sends anything.
const clientsOwn: Results = {
  'a parameter too few': { error: 'TypeError', status: null },
  'a parameter too many': { error: 'TypeError', status: null },
  'an image that was made': { error: 'AttributeError', status: null },
  'a method that is not there': { error: 'AttributeError', status: null },
}

describeWith("BentoML's own client", missingBentoml(), () => {
  let twin: Served<unknown>
  let original: Original

  beforeAll(async () => {
    ;[twin, original] = await Promise.all([serveTwin(), serveOriginal()])
  })

  afterAll(() => Promise.all([twin?.close(), original?.server.interrupt()]))

  async function call(url: string, kind: string): Promise<Results> {
    const out = await run(python, ['calls.py', url, kind, await temporaryFolder()], { cwd: here })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because calls.py prints one object
    return JSON.parse(out) as Results
  }

  test.each(['sync', 'async'])('gets from bento what it gets from BentoML, %s', async (kind) => {
    const [ours, theirs] = await Promise.all([call(twin.url, kind), call(original.url, kind)])
    expect(Object.keys(theirs).length).toBeGreaterThan(50)
    expect(ours).toEqual(theirs)
    expect(theirs).toMatchObject(clientsOwn)
  })

  test('is held by `bento verify` to what was recorded of BentoML', async () => {
    const cwd = await temporaryFolder()
    const record = `verify --record ${original.url} --golden golden.json`
    const { code, stdout } = await runBento(record, { cwd })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^Recorded \d\d /) })
    const replayed = await runBento(`verify ${twin.url} --golden golden.json -o json`, { cwd })
    expect(JSON.parse(replayed.stdout)).toMatchObject({ drifted: [] })
  })

  test('finds every method that BentoML lists', async () => {
    const [ours, theirs] = await Promise.all([twin.url, original.url].map(listMethods))
    expect(ours).toEqual(theirs)
  })

  test('breaks neither by what schemathesis makes up from /docs.json', async () => {
    const checks = [
      'not_a_server_error',
      'status_code_conformance',
      'content_type_conformance',
      'response_schema_conformance',
    ]
    const document = `${twin.url}/docs.json`
    const bounds = ['--max-examples', '5', '--phases', 'fuzzing', '--seed', '1']
    // It fails with 500 when it is told to.
    const flags = ['--exclude-path', '/err', '--checks', checks.join(','), '--no-color', ...bounds]
    const args = ['-m', 'schemathesis.cli', 'run', document, ...flags]
    const out = await run(python, args, { cwd: await temporaryFolder() })
    expect(out).toMatch(/Tested: 30\n/)
    const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(out) ?? []
    expect(Number(generated)).toBeGreaterThan(100)
    expect(passed).toBe(generated)
  })
})

async function listMethods(url: string): Promise<unknown> {
  const response = await fetch(`${url}/schema.json`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because both print such a document
  const { routes } = (await response.json()) as { routes: { name: string; route: string }[] }
  return routes.map(({ name, route }) => [name, route])
}
