import { expect, test } from '@jest/globals'
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
