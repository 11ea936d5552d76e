import { expect, test } from '@jest/globals'
import type { App } from '../../../src/serve/app.ts'
import { createServer } from '../../../src/serve/http/create-server.ts'

const app: App = { handle: () => Promise.reject(new Error('unused')), close: async () => undefined }
const year = 365 * 24 * 3600
const limits = { maxBodySize: 1, headersTimeout: 10, requestTimeout: 300, keepAliveTimeout: 75 }

test.each([
  // In milliseconds it is 16100.000000000002.
  [16.1, 16_100],
  [0.25, 250],
  [0.0001, 1],
  // Node's timers end at 24 days.
  [year, 2 ** 31 - 1001],
])('gives node:http %d seconds as it takes them', (seconds, ms) => {
  const times = { headersTimeout: seconds, requestTimeout: seconds, keepAliveTimeout: seconds }
  const server = createServer(app, { ...limits, ...times }, undefined)
  const { headersTimeout, requestTimeout, keepAliveTimeout } = server
  expect([headersTimeout, requestTimeout, keepAliveTimeout]).toEqual([ms, ms, ms])
})
