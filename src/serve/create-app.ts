import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import type { LogStream } from '../log/line-writer.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import type { App } from './app.ts'
import { boot } from './boot.ts'
import { concurrencyLimit, ConcurrencyGate } from './concurrency.ts'
import { bucketsOf } from './observe/buckets.ts'
import { CounterFile, readCounterFile } from './observe/counter-file.ts'
import { Recorder } from './observe/recorder.ts'
import { metricLabels, renderMetrics } from './observe/render-metrics.ts'
import { openLog } from './open-log.ts'
import { InlineExecutor } from './runners/inline-executor.ts'
import { prepare, type Prepared } from './supervise/prepare.ts'

export interface CreateAppInput {
  /** The bento's folder. */
  readonly path: string
  readonly load: () => Promise<ServiceDefinition>
  readonly docs: URL
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly packageRoots?: readonly string[]
  /** Where the log goes. Default: stderr. */
  readonly logStream?: LogStream
}

/**
 * A bento as one function, for hosts that bring the requests themselves: a Lambda handler, a test. Models run inline,
 * one at a time. Resolves when the service is ready.
 */
export async function createApp(input: CreateAppInput): Promise<App> {
  const { path, load, docs, env = {}, packageRoots = [] } = input
  const prepared = await prepare({
    path,
    env,
    packageRoots,
    say: ignore,
    flags: {},
    logFormat: 'json',
  })
  const { manifest, options, plan } = prepared
  const { intraOpThreads } = plan
  const log = openLog(options, {
    format: 'json',
    fields: { service: manifest.service },
    ...(input.logStream && { stream: input.logStream }),
  })
  const counters = openCounters(prepared)
  const { app, ready } = await boot({
    path,
    manifest,
    options,
    load,
    log,
    worker: 0,
    packageRoots,
    docs,
    executor: new InlineExecutor({ intraOpThreads, allowSpinning: false, packageRoots }),
    recorder: counters.recorder,
    clock: systemClock,
    gate: new ConcurrencyGate(concurrencyLimit(options.traffic)),
    readiness: async () => '',
    metrics: counters.render,
  })
  await ready
  return {
    handle: (request) => app.handle(request),
    async close() {
      await app.close()
      counters.remove()
      await log.flush()
    },
  }
}

interface OwnCounters {
  readonly recorder: Recorder
  readonly render: () => Promise<string>
  readonly remove: () => void
}

/** One process counts for itself, in the same kind of file as a worker. */
function openCounters({ options, manifest }: Prepared): OwnCounters {
  const folder = mkdtempSync(join(tmpdir(), 'bento-app-'))
  const path = join(folder, 'counters')
  const file = new CounterFile(path)
  const buckets = bucketsOf(options, manifest)
  return {
    recorder: new Recorder(file, buckets),
    render: async () =>
      renderMetrics({
        namespace: options.metrics.namespace,
        labels: metricLabels(manifest),
        buckets,
        series: await readCounterFile(path),
      }),
    remove() {
      file.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// A library says nothing of its own.
function ignore(): void {}
