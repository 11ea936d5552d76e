import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { checkTypes } from '../../src/build/type-check.ts'
import { renderModelService, sampleOf } from '../../src/init/model-service.ts'
import type { DType, ValueInfo } from '../../src/lib/tensor.ts'
import { createProject } from '../build/project.ts'

jest.setTimeout(60_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))

function value(name: string, dtype: DType, ...shape: (number | null)[]): ValueInfo {
  return { name, dtype, shape }
}

const classifier = {
  name: 'fraud',
  inputs: [value('features', 'float32', null, 3)],
  outputs: [value('label', 'int64', null), value('probabilities', 'float32', null, 2)],
}

test('writes a service whose input and output are those of the model', () => {
  expect(renderModelService(classifier)).toMatchInlineSnapshot(`
"import { api, models, service, tensor, type Tensor } from 'bentojs'
import { z } from 'zod'

@service({ description: 'Serves the model fraud.', traffic: { timeout: 10 } })
export class Fraud {
  readonly model = models.get('fraud:latest')

  @api({
    description: 'What the model answers, row by row.',
    input: {
      features: tensor({ dtype: 'float32', shape: [null, 3] }),
    },
    output: z.object({
      label: z.array(z.int()),
      probabilities: z.array(z.array(z.number())),
    }),
  })
  async predict(input: { features: Tensor }) {
    const { label, probabilities } = await this.model.run(input)
    return {
      label: Array.from<unknown, number>(label.data, Number),
      probabilities: rowsOf(probabilities, Number),
    }
  }
}

/** A list for each row. */
function rowsOf<Value>({ data, shape }: Tensor, read: (element: unknown) => Value): Value[][] {
  const [rows = 0, width = 0] = shape
  return Array.from({ length: rows }, (_, row) =>
    Array.from<unknown, Value>(data.slice(row * width, (row + 1) * width), read),
  )
}
"
`)
})

test.each(['float32', 'int64', 'string', 'bool'] as const)('has a sample of %s', (dtype) => {
  const elements = { float32: 0.5, int64: 0, string: 'text', bool: true }
  const element = elements[dtype]
  expect(sampleOf([value('x', dtype, null, 2)])).toEqual({ x: [[element, element]] })
})

test('takes one element for a shape that the model leaves open', () => {
  expect(sampleOf([value('x', 'float32')])).toEqual({ x: [0.5] })
})

const models = [
  classifier,
  {
    name: 'promise',
    inputs: [value('input', 'string')],
    outputs: [value('class', 'float16', null, 3, 224, 224)],
  },
  {
    name: '7-days',
    inputs: [value("it's: a `${name}`\n", 'bool', null, 1), value('b', 'int64', 1)],
    outputs: [value('await', 'bool', null), value('x"y', 'string', null, 2)],
  },
  {
    name: 'detector',
    inputs: [value('image', 'uint8', null, 3, 8, 8)],
    outputs: [value('boxes', 'float32', null, null, 4), value('scores', 'float32', null)],
  },
]

test('what it writes compiles, whatever names and shapes a model has', async () => {
  const files = models.map((model, at): [string, string] => [
    `service${at}.ts`,
    renderModelService(model),
  ])
  const config = {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Decorators'],
      module: 'NodeNext',
      strict: true,
      skipLibCheck: true,
      types: [],
    },
    include: ['*.ts'],
  }
  const folder = await createProject(
    {
      ...Object.fromEntries(files),
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify(config),
    },
    ['zod', 'typescript'],
  )
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await symlink(repository, join(folder, 'node_modules', 'bentojs'))
  await expect(checkTypes(folder)).resolves.toMatchObject({ done: true })
})
