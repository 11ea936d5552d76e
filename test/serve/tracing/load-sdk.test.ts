import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import type * as LoadSdk from '../../../src/serve/tracing/load-sdk.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('says what to install where the SDK is not', async () => {
  const folder = await temporaryFolder()
  await cp(fileURLToPath(new URL('../../../dist', import.meta.url)), folder, { recursive: true })
  const file = pathToFileURL(join(folder, 'serve/tracing/load-sdk.js')).href
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is that module, compiled
  const { loadTracingSdk } = (await import(file)) as typeof LoadSdk
  await expect(loadTracingSdk([])).rejects.toMatchObject({
    code: 'PACKAGE_MISSING',
    message: expect.stringMatching(
      /^Tracing needs the package @opentelemetry\/api and @opentelemetry\/sdk-trace-node and /,
    ),
    hint: expect.stringMatching(/^Run `npm install @opentelemetry\/api@/),
  })
})
