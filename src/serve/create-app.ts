import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import type { LogStream } from '../log/line-writer.ts'
import type { Log } from '../log/logger.ts'
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
  /** Gets what the bento declares and `env` lacks, before the service is imported. */
  readonly setEnv?: (env: Readonly<Record<string, string>>) => void
}

/** An app, and what its host needs to know. */
export interface HostedApp extends App {
  /** Bytes that a body may have, decompressed. */
  readonly maxBodySize: number
  readonly log: Log
  /** Sends what the log, traces and monitoring hold back: a host may freeze the process at any time. */
  flush(): Promise<void>
}

/**
 * A bento as one function, for hosts that bring the requests themselves: a Lambda handler, a test. Models run inline,
 * one at a time. Resolves when the service is ready.
 */
export async function createApp(input: CreateAppInput): Promise<HostedApp> {
  const { path, load, docs, env = {}, packageRoots = [], setEnv = ignore } = input
  // A host that brings the requests has its own TLS before it.
  const flags = { ssl: { enabled: false } }
  const asked = { path, env, packageRoots, say: ignore, flags, logFormat: 'json' } as const
  const prepared = await prepare(asked)
  const { manifest, modelInfo, options, plan } = prepared
  setEnv(prepared.env)
  const { providers } = options
  const run = { intraOpThreads: plan.intraOpThreads, allowSpinning: false, providers }
  const fields = { service: manifest.service }
  const stream = input.logStream && { stream: input.logStream }
  const log = openLog(options, { format: 'json', fields, ...stream })
  const counters = openCounters(prepared)
  const booted = boot({
    path,
    manifest,
    modelInfo,
    options,
    load,
    log,
    isDevelopment: false,
    watch: undefined,
    worker: 0,
    packageRoots,
    docs,
    executor: new InlineExecutor({ ...run, packageRoots }),
    recorder: counters.recorder,
    clock: systemClock,
    gate: new ConcurrencyGate(concurrencyLimit(options.traffic)),
    readiness: async () => '',
    metrics: counters.render,
  })
  // What does not come up leaves nothing behind.
  booted.then((one) => one.ready).catch(() => counters.remove())
  const { app, ready, flush } = await booted
  await ready
  return {
    log,
    maxBodySize: options.http.maxBodySize,
    handle: (request) => app.handle(request),
    flush: () => flush().then(() => log.flush()),
    takesOver: (url) => app.takesOver(url),
    takesUpgrade: (url) => app.takesUpgrade(url),
    upgrade: app.upgrade,
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
