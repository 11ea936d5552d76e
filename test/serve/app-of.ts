import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogStream } from '../../src/log/line-writer.ts'
import type { App, AppResponse } from '../../src/serve/app.ts'
import { createApp, type HostedApp } from '../../src/serve/create-app.ts'
import { describeDefinition } from '../../src/service/describe.ts'
import { pickService } from '../../src/service/pick-service.ts'
import { renderBentoManifest } from '../../src/store/manifest-files.ts'
import { plainImage, type BentoManifest } from '../../src/store/manifest.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const docs = new URL('../../assets/', import.meta.url)

export interface AppOfOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly manifest?: Partial<BentoManifest>
  /** The bento's folder; absent: a new one. */
  readonly path?: string
  /** Where its log goes; absent: stderr. */
  readonly logStream?: LogStream
}

/** A service class as an app, with no socket, no process and no bundle between. */
export async function appOf(Service: unknown, options: AppOfOptions = {}): Promise<HostedApp> {
  const definition = pickService({ Service })
  const { name, apis, options: config } = describeDefinition(definition)
  const path = options.path ?? (await temporaryFolder())
  const manifest: BentoManifest = {
    format: 1,
    name: 'twin',
    version: 'v1',
    service: name,
    bento_version: '0.0.0',
    args: {},
    image: plainImage,
    description: '',
    labels: {},
    apis: apis.map((api) => ({
      name: api.name,
      route: api.route,
      batchable: api.batchable,
      max_batch_size: api.maxBatchSize,
      max_latency_ms: api.maxLatencyMs,
    })),
    models: [],
    envs: [],
    config,
    ...options.manifest,
  }
  await writeFile(join(path, 'bento.yaml'), await renderBentoManifest(manifest))
  const { env = {}, logStream } = options
  return createApp({
    path,
    docs,
    load: async () => definition,
    env,
    ...(logStream && { logStream }),
  })
}

export interface Call {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request; POST with a JSON body unless said otherwise. */
export function call(app: App, path: string, given: Call = {}): Promise<AppResponse> {
  const { method = 'POST', headers = { 'content-type': 'application/json' }, body = '' } = given
  return app.handle({
    method,
    path,
    headers,
    body: Buffer.from(body),
    signal: new AbortController().signal,
  })
}

/** Status and body, the body parsed when it is JSON. */
export async function answerOf(
  response: AppResponse | Promise<AppResponse>,
): Promise<[number, unknown]> {
  const { status, headers, body } = await response
  if (!Buffer.isBuffer(body)) throw new Error('A stream was not expected')
  const text = body.toString()
  const isJson = headers['content-type']?.startsWith('application/json')
  return [status, isJson ? (JSON.parse(text) as unknown) : text]
}
