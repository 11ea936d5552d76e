import { expect, test } from '@jest/globals'
import { resolveServeOptions } from '../../src/config/service-options.ts'

test('says what there is in place of an option that only BentoML has', async () => {
  const overrides = {
    runner_probe: { enabled: false },
    backlog: 64,
    grpc: {},
    traffic: { external_queue: true },
    tracing: { zipkin: { endpoint: 'http://127.0.0.1:9411' } },
  }
  const env = { BENTO_CONFIG_OVERRIDES: JSON.stringify(overrides) }
  const resolved = resolveServeOptions({ service: 'Iris', decorator: {}, env, flags: {} })
  const error: unknown = await resolved.catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(Reflect.get(Object(error), 'message')).toMatchInlineSnapshot(`
"The service's options have 5 problems
✖ BENTO_CONFIG_OVERRIDES: "runner_probe" is for services that call each other: a bento is one service
✖ BENTO_CONFIG_OVERRIDES: "backlog" is fixed at 2048: http.maxConnections bounds the connections that are open
✖ BENTO_CONFIG_OVERRIDES: "grpc" is not here: a bento answers HTTP
✖ BENTO_CONFIG_OVERRIDES: "externalQueue" is not here: apis.<name>.maxQueueSize bounds the queue of a method → at traffic
✖ BENTO_CONFIG_OVERRIDES: "zipkin" is not here: any collector takes OTLP, \`tracing.exporterType: otlp\` → at tracing"
`)
})
