import { expect, test } from '@jest/globals'
import { resolveServeOptions } from '../../src/config/service-options.ts'

test('the name of a prototype is not an option', async () => {
  const overrides = '{"__proto__":{"port":1},"http":{"__proto__":{"polluted":1}}}'
  const sources = { service: 'Iris', decorator: {}, flags: {} }
  const resolved = resolveServeOptions({ ...sources, env: { BENTO_CONFIG_OVERRIDES: overrides } })
  await resolved.catch(() => undefined)
  expect(['polluted', 'port'].filter((key) => key in {})).toEqual([])
})

test.each<[string, Record<string, string>, string]>([
  ['a file that is not YAML by name', { BENTO_CONFIG: '/x/config.json' }, 'is not .yaml or .yml'],
  ['a file that does not exist', { BENTO_CONFIG: '/x/config.yaml' }, 'Cannot read'],
  ['overrides that are not JSON', { BENTO_CONFIG_OVERRIDES: 'a=b' }, 'is not JSON'],
  ['overrides that are a list', { BENTO_CONFIG_OVERRIDES: '[1]' }, 'must be a mapping of options'],
  ['another version of the file', { BENTO_CONFIG_OVERRIDES: '{"version":1}' }, 'version must be 2'],
  ['services that are a list', { BENTO_CONFIG_OVERRIDES: '{"services":[]}' }, 'must be a mapping'],
  ['a port in letters', { BENTO_PORT: 'http' }, 'BENTO_PORT: '],
])('refuses %s', async (_, env, expected) => {
  const sources = { service: 'Iris', decorator: {}, flags: {}, env }
  await expect(resolveServeOptions(sources)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(expected) as unknown,
  })
})
