import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { OptionSources } from '../../src/config/option-layers.ts'
import { resolveServeOptions, type ResolvedOptions } from '../../src/config/service-options.ts'
import { temporaryFolder } from '../temporary-folder.ts'

function resolve(sources: Partial<OptionSources> = {}): Promise<ResolvedOptions> {
  return resolveServeOptions({ service: 'Iris', decorator: {}, env: {}, flags: {}, ...sources })
}

async function config(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'config.yaml')
  await writeFile(file, text)
  return file
}

async function portOf(sources: Partial<OptionSources>): Promise<unknown> {
  const { options, origins } = await resolve(sources)
  return [options.http.port, origins['http.port']]
}

async function problemsOf(sources: Partial<OptionSources>): Promise<string> {
  const error: unknown = await resolve(sources).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  const message =
    typeof error === 'object' && error !== null ? String(Reflect.get(error, 'message')) : ''
  return message.replaceAll(/\/\S*\/config\.yaml/g, 'config.yaml')
}

test('everything has a default', async () => {
  const { options, origins } = await resolve()
  expect(options).toMatchInlineSnapshot(`
{
  "apis": {},
  "auth": {
    "keys": [],
  },
  "batching": {
    "adaptive": true,
    "hold": true,
  },
  "envs": [],
  "http": {
    "cors": {
      "accessControlAllowCredentials": false,
      "accessControlAllowHeaders": [],
      "accessControlAllowMethods": [
        "GET",
      ],
      "accessControlAllowOrigins": [],
      "accessControlExposeHeaders": [],
      "accessControlMaxAge": 600,
      "enabled": false,
    },
    "headersTimeout": 10,
    "host": "127.0.0.1",
    "keepAliveTimeout": 75,
    "maxBodySize": 67108864,
    "maxConnections": 10000,
    "page": true,
    "port": 3000,
    "requestTimeout": 300,
    "response": {
      "nonFinite": "null",
      "serverTiming": false,
      "traceId": false,
    },
    "urlInputs": false,
  },
  "labels": {},
  "logging": {
    "access": {
      "enabled": true,
      "format": {
        "spanId": "016x",
        "traceId": "032x",
      },
      "requestContentLength": true,
      "requestContentType": true,
      "responseContentLength": true,
      "responseContentType": true,
      "skipPaths": [
        "/metrics",
        "/healthz",
        "/livez",
        "/readyz",
      ],
    },
    "level": "info",
  },
  "metrics": {
    "duration": {},
    "enabled": true,
    "namespace": "bentoml",
  },
  "monitoring": {
    "enabled": true,
    "options": {
      "headers": {},
      "logPath": "monitoring",
      "maxFileSize": 104857600,
    },
    "sampleRate": 1,
    "type": "default",
  },
  "providers": [
    "cpu",
  ],
  "resources": {},
  "runTimeout": 120,
  "ssl": {
    "certReqs": 0,
    "enabled": false,
    "version": 17,
  },
  "tracing": {
    "excludedUrls": [],
    "otlp": {
      "http": {
        "headers": {},
      },
    },
    "sampleRate": 0,
    "timeout": 10,
  },
  "traffic": {
    "timeout": 60,
  },
  "workers": 1,
}
`)
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']))
})

test('each source wins over the one before', async () => {
  const file = await config('version: 2\nservices:\n  http: { port: 4001 }\n')
  const decorator = { http: { port: 4000 } }
  const overrides = JSON.stringify({ services: { http: { port: 4002 } } })
  const env = { BENTO_CONFIG: file, BENTO_CONFIG_OVERRIDES: overrides, BENTO_PORT: '4003' }
  expect(await portOf({ decorator })).toEqual([4000, '@service'])
  expect(await portOf({ decorator, env: { BENTO_CONFIG: file } })).toEqual([4001, `${file}:3:11`])
  expect(await portOf({ decorator, env: { ...env, BENTO_PORT: undefined } })).toEqual([
    4002,
    'BENTO_CONFIG_OVERRIDES',
  ])
  expect(await portOf({ decorator, env })).toEqual([4003, 'BENTO_PORT'])
  expect(await portOf({ decorator, env, flags: { port: 0 } })).toEqual([0, '--port'])
})

test("a service's own part of the file wins over the part for all", async () => {
  const file = await config(`
services:
  workers: 3
  traffic: { timeout: 5, max_concurrency: 7 }
  Iris:
    traffic: { timeout: 9 }
  Other:
    workers: 99
`)
  const { options } = await resolve({ env: { BENTO_CONFIG: file } })
  expect(options).toMatchObject({
    workers: 3,
    traffic: { timeout: 9, maxConcurrency: 7 },
    runTimeout: 18,
  })
})

test('both spellings of a key are read, and names are left alone', async () => {
  const { options } = await resolve({
    env: {
      BENTO_CONFIG_OVERRIDES: JSON.stringify({
        run_timeout: 3,
        logging: { access: { skip_paths: ['/x'], requestContentType: false } },
        labels: { my_team: 'a' },
        apis: { predict_proba: { max_batch_size: 4, maxLatencyMs: 20 } },
      }),
    },
    apis: ['predict_proba'],
  })
  expect(options).toMatchObject({
    runTimeout: 3,
    logging: { access: { skipPaths: ['/x'], requestContentType: false, enabled: true } },
    labels: { my_team: 'a' },
    apis: { predict_proba: { maxBatchSize: 4, maxLatencyMs: 20 } },
  })
})

test('null takes a value back', async () => {
  const { options } = await resolve({
    decorator: { threads: 4, traffic: { maxConcurrency: 3 } },
    env: { BENTO_CONFIG_OVERRIDES: '{"threads":null,"traffic":{"max_concurrency":null}}' },
  })
  expect(options.threads).toBeUndefined()
  expect(options.traffic).toEqual({ timeout: 60 })
})

test('another way to say the buckets replaces the first', async () => {
  const { options } = await resolve({
    decorator: { metrics: { duration: { buckets: [1, 2] } } },
    env: { BENTO_CONFIG_OVERRIDES: '{"metrics":{"duration":{"min":0.1,"max":10,"factor":2}}}' },
  })
  expect(options.metrics.duration).toEqual({ min: 0.1, max: 10, factor: 2 })
})

test('variables in a file are replaced, with their type', async () => {
  const file = await config(
    'services:\n  traffic:\n    timeout: ${LIMIT:-30}\n  workers: ${COUNT}\n  labels: { at: "${PLACE:-here} 1" }',
  )
  const { options } = await resolve({ env: { BENTO_CONFIG: file, COUNT: '2' } })
  expect(options).toMatchObject({ traffic: { timeout: 30 }, workers: 2, labels: { at: 'here 1' } })
  expect(await problemsOf({ env: { BENTO_CONFIG: file } })).toContain(
    'config.yaml:4:3: The environment variable "COUNT" is not set',
  )
})

test('names everything that is wrong, and in which source', async () => {
  const file = await config(`version: 2
services:
  trafic: { timeout: 1 }
  http:
    port: 99999
  Iris:
    workers: none
    traffic: { timeout: 0 }
`)
  expect(
    await problemsOf({
      decorator: { threads: 0, max_concurrency: 3, resources: { gpus: 1 } },
      env: {
        BENTO_CONFIG: file,
        BENTO_CONFIG_OVERRIDES:
          '{"metrics":{"duration":{"min":1}},"apis":{"x":{"maxBatch":3}},"name":"a b"}',
      },
    }),
  ).toMatchInlineSnapshot(`
"The service's options have 10 problems
✖ config.yaml:3:3: Unknown key "trafic", did you mean "traffic"?
✖ BENTO_CONFIG_OVERRIDES: must be letters, digits, dots, dashes and underscores, up to 63 → at name
✖ @service: Unknown key "gpus", did you mean "gpu"? → at resources
✖ config.yaml:8:16: Too small: expected number to be >0 → at traffic.timeout
✖ config.yaml:7:5: must be a whole number above 0, or "cpu_count" → at workers
✖ @service: Too small: expected number to be >0 → at threads
✖ BENTO_CONFIG_OVERRIDES: takes either buckets, or min, max and factor together → at metrics.duration
✖ config.yaml:5:5: Too big: expected number to be <=65535 → at http.port
✖ BENTO_CONFIG_OVERRIDES: Unknown key "maxBatch"; known are route, batchable, maxBatchSize, maxLatencyMs, maxQueueSize, weight, retry, warmUps → at apis.x
✖ @service: Unknown key "max_concurrency"; known are name, description, resources, traffic, workers, threads, providers, batching, logging, metrics, monitoring, tracing, envs, labels, http, ssl, auth, runTimeout, maxWorkerRss, maxRequests, apis"
`)
})

test('an api that the service does not have is a mistake', async () => {
  const overrides = '{"apis":{"clasify":{"max_batch_size":3}}}'
  expect(await problemsOf({ apis: ['classify'], env: { BENTO_CONFIG_OVERRIDES: overrides } }))
    .toMatchInlineSnapshot(`
"The service's options have a problem
✖ BENTO_CONFIG_OVERRIDES: No api is named "clasify", did you mean "classify"? → at apis.clasify"
`)
})
