import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { createProject } from '../build/project.ts'
import { run, start } from '../processes.ts'
import type { Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { cwdWithBentos } from './fill-store.ts'
import { helloProject, writeGreeting } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// Each test bundles a service and starts real processes.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))

function serve(cwd: string, ...args: readonly string[]): Started {
  const env = { BENTO_HOME: join(cwd, 'home') }
  return start(process.execPath, [bin, 'serve', ...args, '--port', '0'], { cwd, env })
}

async function greet(served: Started): Promise<string> {
  const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/greet`, { method: 'POST', headers, body: '{}' })
  return String(await response.json())
}

test('serves a project, prints a line to paste, and ends with 0 at Ctrl-C', async () => {
  const served = serve(await helloProject())
  try {
    expect(await greet(served)).toBe('hello')
    await served.printed(/ {2}Page: http:\/\/127\.0\.0\.1:\d+\/\n/)
    await served.printed(
      / {2}Try: {2}curl http:\S+\/greet -H 'content-type: application\/json' -d '{}'\n/,
    )
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('prints what the configuration made of the page, the routes and the keys', async () => {
  const cwd = await helloProject()
  const overrides = {
    http: { page: false },
    auth: { keys: ['k'] },
    apis: { greet: { route: '/hi' } },
  }
  const env = { BENTO_HOME: join(cwd, 'home'), BENTO_CONFIG_OVERRIDES: JSON.stringify(overrides) }
  const served = start(process.execPath, [bin, 'serve', '--port', '0'], { cwd, env })
  try {
    const [line = '', called = ''] = await served.printed(/ {2}Try: {2}(curl .*)\n/)
    expect(line).toMatch(/\/hi -H 'authorization: Bearer KEY' -H 'content-type/)
    const answer = run('bash', ['-c', called.replace('KEY', 'k')], { cwd, env })
    await expect(answer).resolves.toBe('"hello"')
    expect(served.output()).not.toContain('Page:')
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('serves a bento from the store', async () => {
  const cwd = await helloProject()
  await runBento('build --version v1', { cwd })
  const served = serve(cwd, 'hello:v1', '--development')
  try {
    expect(await greet(served)).toBe('hello')
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('reloads what has changed, and goes on with what it had when that does not build', async () => {
  const cwd = await helloProject()
  const served = serve(await temporaryFolder(), '--reload', '--working-dir', cwd)
  try {
    expect(await greet(served)).toBe('hello')
    await served.printed(/Watching/)
    await writeFile(join(cwd, 'service.ts'), 'export class {')
    await served.printed(/BUILD_FAILED: /)
    await served.printed(/The version before goes on/)
    expect(await greet(served)).toBe('hello')
    await writeGreeting(cwd, 'good day')
    await served.printed(/Reloaded/)
    expect(await greet(served)).toBe('good day')
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

function streaming(greeting: string): string {
  return `
import { api, service } from 'bentojs'
import { z } from 'zod'

@service()
export class Hello {
  @api()
  greet() {
    return '${greeting}'
  }

  @api({ output: z.string() })
  async *tell() {
    for (;;) {
      yield '${greeting}'
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
`
}

test('reloads while a stream is open, which goes on', async () => {
  const files = { 'package.json': '{"type":"module"}', 'service.ts': streaming('hello') }
  const cwd = await createProject(files)
  const served = serve(cwd, '--reload')
  try {
    await served.printed(/Watching/)
    const [, url = ''] = await served.printed(/Serving on (http:\S+)\n/)
    const { body } = await fetch(`${url}/tell`, { method: 'POST' })
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    await reader?.read()
    await writeFile(join(cwd, 'service.ts'), streaming('good day'))
    await served.printed(/Reloaded/)
    expect(await greet(served)).toBe('good day')
    expect(await reader?.read()).toEqual({ done: false, value: 'hello' })
    await reader?.cancel()
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('drops no request when it reloads', async () => {
  const cwd = await helloProject()
  const served = serve(cwd, '--reload')
  try {
    await served.printed(/Watching/)
    const stop = new AbortController()
    const answers = new Map<string, number>()
    // Clients that keep their connections, as most do.
    const client = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const answer = await greet(served).catch((error: unknown) => String(error))
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
      }
    }
    const clients = [client(), client(), client(), client()]
    await writeGreeting(cwd, 'good day')
    await served.printed(/Reloaded/)
    stop.abort()
    await Promise.all(clients)
    expect([...answers.keys()].toSorted()).toEqual(['good day', 'hello'])
    expect(await greet(served)).toBe('good day')
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
})

test('says so when the port is taken', async () => {
  const cwd = await helloProject()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const env = { BENTO_HOME: join(cwd, 'home') }
  const running = run(process.execPath, [bin, 'serve', '--port', port], { cwd, env })
  await expect(running).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^PORT_IN_USE: /m),
  })
  taken.close()
})

test('refuses to be in two modes', async () => {
  expect(await runBento('serve --development --production')).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: --development and --production exclude each other
  Leave one of them out; --production is the default.
",
  "stdout": "",
}
`)
})

test('refuses to reload a built bento', async () => {
  const cwd = await cwdWithBentos(['hello:v1'])
  expect(await runBento('serve hello:v1 --reload', { cwd })).toMatchInlineSnapshot(`
{
  "code": 2,
  "stderr": "USAGE: "hello:v1" is a built bento, which has no sources to reload
  Serve the project that it was built from, or leave --reload out.
",
  "stdout": "",
}
`)
})

test.each([
  ['serve nowhere:Iris', '"nowhere:Iris" is not a folder, not a module'],
  ['serve --working-dir gone', 'There is no folder "<cwd>/gone" to look in'],
  ['doctor http://127.0.0.1:3000', '"http://127.0.0.1:3000" is a URL, and no project or bento'],
])('says of "bento %s": %s', async (line, text) => {
  const { code, stderr } = await runBento(line)
  expect(code).toBe(2)
  expect(stderr).toContain(`TARGET_NOT_FOUND: ${text}`)
})
