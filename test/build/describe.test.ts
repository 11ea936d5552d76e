import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { bundle } from '../../src/build/bundle.ts'
import { describeBundle } from '../../src/build/describe.ts'
import type { ServiceDescription } from '../../src/service/describe.ts'
import { createProject, errorOf, greeter } from './project.ts'

// Each bundles a whole service, on a machine that may be busy.
jest.setTimeout(60_000)

async function describe(context: string, timeoutMs?: number): Promise<ServiceDescription> {
  const module = join(context, 'service.ts')
  const path = join(context, '../out')
  const sourceRoot = join(path, 'src')
  await bundle({ context, module, attr: undefined, outDir: join(path, 'dist'), sourceRoot })
  return describeBundle({
    path,
    hasPackages: false,
    context,
    module,
    sourceRoot,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
}

test('tells what a service is', async () => {
  const context = await createProject({
    'service.ts': `import { models } from 'bentojs'\n${greeter.replace('  @api', "  readonly model = models.get('iris:latest')\n\n  @api")}`,
  })
  expect(await describe(context)).toMatchObject({
    name: 'Greeter',
    options: { traffic: { timeout: 10 } },
    apis: [{ name: 'greet', route: '/greet', batchable: false }],
    models: ['iris:latest'],
  })
})

test.each<[string, string, string]>([
  ['the module throws', `throw new Error('boom')\n`, '\n✖ at service.ts:12:7'],
  ['a field of the class throws', '', '\n✖ at service.ts:13:25'],
])('names the line when %s', async (_, text, line) => {
  const broken = greeter.replace('  @api', `  readonly value = JSON.parse('{')\n  @api`)
  const source = text === '' ? `\n\n\n\n\n\n\n${broken}` : `${greeter}\n${text}`
  const context = await createProject({ 'service.ts': source })
  const error = await errorOf(describe(context))
  expect(error).toMatchObject({ code: 'SERVICE_INVALID', message: expect.stringContaining(line) })
  expect(String(Reflect.get(Object(error.cause), 'stack'))).toContain(join(context, 'service.ts'))
})

test('a module without a service says what to write', async () => {
  const context = await createProject({ 'service.ts': 'export class Greeter {}\n' })
  expect(await errorOf(describe(context))).toMatchObject({ code: 'SERVICE_NOT_FOUND' })
})

test('a module that ends the process is no service', async () => {
  const context = await createProject({
    'service.ts': `console.error('bye')\nprocess.exit(3)\n${greeter}`,
  })
  const { code, message } = await errorOf(describe(context))
  expect(code).toBe('SERVICE_INVALID')
  expect(message).toBe('The process ended with exit code 3 while it imported "service.ts"\nbye')
})

test('a module that never settles is no service', async () => {
  const context = await createProject({ 'service.ts': `await new Promise(() => {})\n${greeter}` })
  expect(await errorOf(describe(context))).toMatchObject({
    code: 'SERVICE_INVALID',
    message: expect.stringContaining('ended with exit code 13'),
  })
})

test('a module that waits for ever is given up', async () => {
  const context = await createProject({
    'service.ts': `setInterval(() => {}, 1000)\nawait new Promise(() => {})\n${greeter}`,
  })
  expect(await errorOf(describe(context, 1500))).toMatchObject({
    code: 'SERVICE_INVALID',
    message: 'Importing "service.ts" did not end in 1.5 s',
  })
})

test('what a module leaves running does not hold the build up', async () => {
  const context = await createProject({ 'service.ts': `setInterval(() => {}, 1000)\n${greeter}` })
  expect(await describe(context)).toMatchObject({ name: 'Greeter' })
})
