import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../temporary-folder.ts'
import { runBento } from '../run-bento.ts'
import type { BentoResult } from '../run-bento.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const onnx = fileURLToPath(new URL('../../../examples/iris/iris_classifier.onnx', import.meta.url))

const files: Readonly<Record<string, readonly string[]>> = {
  'org/Iris': ['README.md', 'onnx/model.onnx', 'config.json', 'tokenizer.json'],
  'org/two': ['model.onnx', 'model_quantized.onnx'],
  'org/none': ['model.safetensors'],
}

const asked: string[] = []

/** The part of the hub that a download needs. Only the commit can be resolved: a branch may move meanwhile. */
function answer({ url = '', headers }: IncomingMessage): { status: number; body?: string } {
  asked.push(url)
  const described = /^\/api\/models\/(.+)\/revision\/(main|v1%2E0|v1.0)$/.exec(url)
  if (described) {
    const names = files[described[1] ?? '']
    if (!names) return { status: headers.authorization === 'Bearer secret' ? 404 : 401 }
    const siblings = names.map((rfilename) => ({ rfilename }))
    return { status: 200, body: JSON.stringify({ sha: commit, siblings }) }
  }
  if (!url.includes(`/resolve/${commit}/`)) return { status: 404 }
  return { status: 200, body: url.endsWith('.onnx') ? 'onnx' : '{"of":"the hub"}' }
}

const server = createServer((request, response) => {
  const { status, body } = answer(request)
  response.statusCode = status
  if (body === 'onnx') void readFile(onnx).then((bytes) => response.end(bytes))
  else response.end(body)
})
let endpoint = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
})

afterAll(() => {
  server.close()
})

function importFrom(reference: string, ...more: string[]): Promise<BentoResult> {
  return runBento(['models', 'import', reference, '-o', 'path', ...more], {
    env: { HF_ENDPOINT: endpoint, HF_TOKEN: 'secret' },
  })
}

test('imports a model of the hub with its companions, pinned to the commit', async () => {
  asked.length = 0
  const cwd = await temporaryFolder()
  const env = { HF_ENDPOINT: endpoint }
  const imported = await runBento('models import hf://org/Iris@v1.0 --metadata a=1', { cwd, env })
  expect(imported.code).toBe(0)
  expect(asked.filter((url) => url.includes('/resolve/'))).toEqual([
    `/org/Iris/resolve/${commit}/onnx/model.onnx`,
    `/org/Iris/resolve/${commit}/config.json`,
    `/org/Iris/resolve/${commit}/tokenizer.json`,
  ])
  const { stdout } = await runBento('models get iris -o json', { cwd })
  expect(JSON.parse(stdout)).toMatchObject({
    metadata: { a: 1, source: `hf://org/Iris@${commit}` },
    files: [{ path: 'config.json' }, { path: 'model.onnx' }, { path: 'tokenizer.json' }],
  })
})

test.each([
  ['hf://org/two', 'MODEL_NOT_FOUND: "org/two" has several models'],
  ['hf://org/two', 'Name one of them: hf://org/two/model.onnx, hf://org/two/model_quantized.onnx.'],
  ['hf://org/two@main/nope.onnx', 'MODEL_NOT_FOUND: "org/two" has no file "nope.onnx"'],
  ['hf://org/none', 'MODEL_NOT_FOUND: "org/none" has no model that bento reads'],
  ['hf://org/absent', '/api/models/org/absent/revision/main" cannot be read: it answered 404'],
  ['hf://org/two@main/../x', 'USAGE: "hf://org/two@main/../x" does not name a model of the hub'],
  ['hf://', 'USAGE: "hf://" does not name a model of the hub'],
])('refuses %s: %s', async (reference, message) => {
  const { code, stdout, stderr } = await importFrom(reference)
  expect(code).not.toBe(0)
  expect(stdout).toBe('')
  expect(stderr).toContain(message)
})

test('takes the one file that the reference names', async () => {
  const { code, stdout } = await importFrom('hf://org/two/model.onnx', '--name', 'two_of_them')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('/two_of_them/') })
})

test('says when there is no hub to reach', async () => {
  const { code, stderr } = await runBento('models import hf://org/iris', {
    env: { HF_ENDPOINT: 'http://127.0.0.1:9' },
  })
  expect(code).toBe(1)
  expect(stderr).toContain('HUB_FAILED: "http://127.0.0.1:9/api/models/org/iris/revision/main"')
})
