import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { checkTypes } from '../../../src/build/type-check.ts'
import { openPlace } from '../../../src/doctor/open-place.ts'
import { renderSchema } from '../../../src/service/schema.ts'
import { createProject } from '../../build/project.ts'
import { runBento } from '../../commands/run-bento.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

// A service is compiled and bundled.
jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../../..', import.meta.url))
// What BentoML 1.4.39 served as /schema.json of the service.py beside it.
const recorded = fileURLToPath(new URL('../../fixtures/bentoml/schema.json', import.meta.url))

test('the class written from a recorded schema compiles, and has the same schema', async () => {
  const cwd = await createProject({}, ['zod', 'typescript', '@types/node', 'undici-types'])
  await symlink(repository, join(cwd, 'node_modules', 'bentojs'))
  const { code } = await runBento(['init', '.', '--from', recorded], { cwd })
  expect(code).toBe(0)
  await expect(checkTypes(cwd)).resolves.toMatchObject({ done: true })

  const { subject } = await openPlace({ cwd, env: {}, target: undefined })
  const description = subject.kind === 'project' ? subject.service.description : undefined
  if (description === undefined) throw new Error('the service says nothing of itself')
  const ours = plain(renderSchema(description))
  const theirs = plain(JSON.parse(await readFile(recorded, 'utf8')))
  expect(ours).toEqual(theirs)
})

/**
 * What both say, in one way of saying it. Left out: titles; what only one of the two writes down (`dim`, `framing`, whether
 * there may be other properties, the range of safe integers); the dtype of an array for which Python names none.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([key, inner]) =>
      !['title', 'dim', 'framing', 'propertyNames'].includes(key) &&
      !(
        key === 'additionalProperties' && ['false', 'true', '{}'].includes(JSON.stringify(inner))
      ) &&
      !(Math.abs(Number(inner)) === Number.MAX_SAFE_INTEGER) &&
      !(key === 'dtype' && inner === 'float64'),
  )
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]))
}

test('its methods say that they are not written yet', async () => {
  const cwd = await temporaryFolder()
  await runBento(['init', 'moved', '--from', recorded], { cwd })
  const source = await readFile(join(cwd, 'moved', 'service.ts'), 'utf8')
  expect(source).toMatchInlineSnapshot(`
"import { api, file, service, ServiceError, tensor, type Tensor, type UploadedFile } from 'bentojs'
import { z } from 'zod'

@service({ name: 'iris', description: 'Tells irises apart.' })
export class Iris {
  @api({
    input: {
      picture: file(),
    },
    output: z.string(),
  })
  async caption(_input: { picture: UploadedFile }): Promise<string> {
    throw notWritten('caption')
  }

  @api({
    input: {
      features: z.array(z.array(z.number())),
    },
    output: z.array(z.int()),
    batchable: true, // maxBatchSize and maxLatencyMs: as in Python
  })
  async classify(_input: { features: number[][] }): Promise<number[]> {
    throw notWritten('classify')
  }

  @api({
    input: {
      name: z.string(),
      top_k: z.int().default(3),
      strict: z.boolean().default(false),
    },
    output: z.record(z.string(), z.unknown()),
  })
  async describe(_input: { name: string; top_k: number; strict: boolean }): Promise<Record<string, unknown>> {
    throw notWritten('describe')
  }

  @api({
    route: '/v2/echo',
    input: z.string(),
    output: z.string(),
  })
  async echo(_input: string): Promise<string> {
    throw notWritten('echo')
  }

  @api({
    input: {
      flower: z.object({ sepal_length: z.number(), sepal_width: z.number().min(0).max(10), note: z.string().nullable().default(null) }),
      tags: z.array(z.string()).nullable().default(null),
    },
    output: z.object({ label: z.enum(['setosa', 'virginica']), score: z.number() }),
  })
  async judge(_input: { flower: { sepal_length: number; sepal_width: number; note: string | null }; tags: string[] | null }): Promise<{ label: 'setosa' | 'virginica'; score: number }> {
    throw notWritten('judge')
  }

  @api({
    input: {
      x: tensor({ dtype: 'float32', shape: [null, 4] }),
    },
    output: tensor({ dtype: 'float64' }),
  })
  async predict(_input: { x: Tensor }): Promise<Tensor> {
    throw notWritten('predict')
  }

  @api({
    input: {
      prompt: z.string().default('hi'),
      temperature: z.number().min(0).max(2).default(0.7),
    },
    output: z.string(),
  })
  async *stream(_input: { prompt: string; temperature: number }): AsyncGenerator<string> {
    throw notWritten('stream')
  }
}

function notWritten(method: string): ServiceError {
  return new ServiceError(501, \`\${method} is not written yet\`, { code: 'NOT_WRITTEN' })
}
"
`)
})
