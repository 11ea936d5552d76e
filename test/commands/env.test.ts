import { expect, test } from '@jest/globals'
import { createProject } from '../build/project.ts'
import { runBento } from './run-bento.ts'

test('reports versions, platform and home', async () => {
  const { code, stdout, stderr } = await runBento('env')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toMatch(
    /^- bento: \d+\.\d+\.\d+\n- node: v\d+\..*\n- platform: \w+ .*\n- home: <cwd>\/home\n/,
  )
})

test('reports as JSON, and hides what may be secret', async () => {
  const env = { BENTO_PORT: '80', BENTO_CONFIG_OVERRIDES: '{"envs":[{"value":"hunter2"}]}' }
  const { stdout } = await runBento('env -o json', { env })
  expect(JSON.parse(stdout)).toMatchObject({ BENTO_PORT: '80', BENTO_CONFIG_OVERRIDES: '(set)' })
  expect(stdout).not.toContain('hunter2')
})

test('shows what the machine has, and how a service would use it', async () => {
  const cwd = await createProject({
    'package.json': '{"type":"module"}',
    'service.ts': `
import { api, service } from 'bentojs'

@service({ traffic: { timeout: 7 }, tracing: { otlp: { http: { headers: { key: 'hunter2' } } } } })
export class Hello {
  @api()
  hello() {
    return 'hello'
  }
}
`,
  })
  const env = { BENTO_CONFIG_OVERRIDES: '{"services":{"workers":2}}', BENTO_PORT: '8080' }
  const { code, stdout, stderr } = await runBento('env service.ts:Hello', { cwd, env })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const lines = stdout.split('\n')
  expect(lines).toContainEqual(expect.stringMatching(/^- cpus: [\d.]+$/))
  expect(lines).toContainEqual(expect.stringMatching(/^- memory: [\d.]+ GiB$/))
  expect(lines).toContainEqual(expect.stringMatching(/^- plan: 2 workers × \d+ runner thread/))
  expect(lines).toContain('- traffic.timeout: 7 (@service)')
  expect(lines).toContain('- http.port: 8080 (BENTO_PORT)')
  expect(lines).toContain('- http.host: "127.0.0.1" (default)')
  expect(lines).toContainEqual(expect.stringMatching(/^- workers: 2 \(BENTO_CONFIG_OVERRIDES/))
  expect(stdout).not.toContain('hunter2')
})
