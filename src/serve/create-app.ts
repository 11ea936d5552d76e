import { tmpdir } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../log/logger.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import type { App } from './app.ts'
import { boot } from './boot.ts'
import { bucketsOf } from './observe/buckets.ts'
import { CounterFile, readCounterFile } from './observe/counter-file.ts'
import { Recorder } from './observe/recorder.ts'
import { metricLabels, renderMetrics } from './observe/render-metrics.ts'
import { InlineExecutor } from './runners/inline-executor.ts'
import { prepare } from './supervise/prepare.ts'

export interface CreateAppInput {
  /** The bento's folder. */
  readonly path: string
  readonly load: () => Promise<ServiceDefinition>
  readonly docs: URL
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly packageRoots?: readonly string[]
}

/**
 * A bento as one function, for hosts that bring the requests themselves: a Lambda handler, a test. Models run inline,
 * one at a time. Resolves when the service is ready.
 */
export async function createApp(input: CreateAppInput): Promise<App> {
  const { path, load, docs, env = {}, packageRoots = [] } = input
  const say = (): void => undefined
  const prepared = await prepare({ path, env, flags: {}, packageRoots, logFormat: 'json', say })
  const { manifest, options, plan } = prepared
  const buckets = bucketsOf(options, manifest)
  const folder = mkdtempSync(join(tmpdir(), 'bento-app-'))
  const file = join(folder, 'counters')
  const counters = new CounterFile(file)
  const { logger } = createLogger({
    format: 'json',
    level: 'info',
    fields: { service: manifest.service },
  })
  const { app, ready } = await boot({
    path,
    manifest,
    options,
    load,
    executor: new InlineExecutor({
      intraOpThreads: plan.intraOpThreads,
      allowSpinning: false,
      packageRoots,
    }),
    recorder: new Recorder(counters, buckets),
    logger,
    clock: systemClock,
    concurrency: options.traffic.maxConcurrency,
    docs,
    readiness: async () => '',
    metrics: async () =>
      renderMetrics({
        namespace: options.metrics.namespace,
        labels: metricLabels(manifest),
        buckets,
        series: await readCounterFile(file),
      }),
  })
  await ready
  return {
    handle: (request) => app.handle(request),
    async close() {
      await app.close()
      counters.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
