import { expect, test } from '@jest/globals'
import { resolveServeOptions } from '../../src/config/service-options.ts'

test('the name of a prototype is not an option', async () => {
  const overrides = '{"__proto__":{"port":1},"http":{"__proto__":{"polluted":1}}}'
  const sources = { service: 'Iris', decorator: {}, flags: {} }
  const resolved = resolveServeOptions({ ...sources, env: { BENTO_CONFIG_OVERRIDES: overrides } })
  await resolved.catch(() => undefined)
  expect(['polluted', 'port'].filter((key) => key in {})).toEqual([])
})
