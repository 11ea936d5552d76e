import { messageOf, toWire } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { shareNext } from '../lib/share-next.ts'
import { captureConsole } from '../log/capture-console.ts'
import { type Log, ScopedLogger } from '../log/logger.ts'
import { currentScope } from '../service/current-request.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import type { App } from './app.ts'
import { boot, type BootInput } from './boot.ts'
import { concurrencyLimit, ConcurrencyGate } from './concurrency.ts'
import type { Health, HealthReport } from './health.ts'
import { NodeServer } from './http/node-server.ts'
import { bucketsOf } from './observe/buckets.ts'
import { CounterFile } from './observe/counter-file.ts'
import { Recorder } from './observe/recorder.ts'
import { WatchedRecorder } from './observe/watched-recorder.ts'
import { openLog } from './open-log.ts'
import type { WorkerExecutor } from './runners/worker-executor.ts'
import type { WorkerData } from './supervise/protocol.ts'
import { SupervisorLink } from './supervise/supervisor-link.ts'
import type { TlsSettings } from './tls/tls-settings.ts'

const beatMs = 1000
// The whole process was stopped, as by a laptop's sleep or a paused container: its runs have stood still too.
const heldUpSeconds = 2

export interface WorkerInput {
  readonly data: WorkerData
  readonly executor: WorkerExecutor
  /** Folder of the files of the pages. */
  readonly docs: URL
  readonly load: () => Promise<ServiceDefinition>
}

/** A worker process: answers HTTP on connections that the supervisor hands over. */
export async function startWorker(input: WorkerInput): Promise<void> {
  const { data, executor } = input
  const log = openLog(data.options, {
    format: data.logFormat,
    fields: { service: data.manifest.service, worker: data.index },
  })
  captureConsole(console, new ScopedLogger(() => log.core, {}, currentScope))
  const link = new SupervisorLink()
  const fail = (error: unknown): void => {
    log.logger.error({ err: error }, 'The worker cannot go on')
    log.stream.flushSync()
    link.send({ type: 'failed', error: toWire(error) })
  }
  // The service's code may end the process too.
  process.on('exit', () => log.stream.flushSync())
  process.on('uncaughtException', (error) => {
    // Who has a handler of its own wants to go on.
    if (process.listenerCount('uncaughtException') === 1) fail(error)
  })
  // One method's forgotten promise must not end the requests of everybody else.
  process.on('unhandledRejection', (error) => {
    log.logger.error({ err: error }, 'A promise was rejected, and nobody handled it')
  })
  void executor.lost.then(fail)
  try {
    const given = bootInputOf(input, link, log)
    const { app, ready, health } = await boot(given)
    const checked = watchHealth(health, data)
    const server = serve(given, { app, link, ready, fail, flush: log.flush, tls: data.tls })
    const setUsage = given.recorder.usage(String(data.index))
    let beatAt = performance.now()
    let heldUpAt = -Infinity
    const beat = (): void => {
      const now = performance.now()
      const lagSeconds = Math.max(0, now - beatAt - beatMs) / 1000
      beatAt = now
      if (lagSeconds > heldUpSeconds) heldUpAt = now
      const rssBytes = process.memoryUsage.rss()
      setUsage({ lagSeconds, rssBytes, cpuSeconds: cpuSeconds() })
      const oldestRunMs = Math.min(executor.oldestRunMs(), now - heldUpAt)
      sendBeat(link, { given, server, oldestRunMs, rssBytes, health: checked() })
    }
    beat()
    setInterval(beat, beatMs).unref()
    await ready
    // From now on a run has its time; the last beat may tell of one that only warmed the model up.
    beat()
    link.send({ type: 'ready' })
  } catch (error) {
    fail(error)
  }
}

function bootInputOf(
  { data, executor, docs, load }: WorkerInput,
  link: SupervisorLink,
  log: Log,
): BootInput {
  const { path, manifest, modelInfo, options } = data
  const buckets = bucketsOf(options, manifest)
  const counters = new CounterFile(data.counters, (reason) => {
    log.logger.warn({ reason: messageOf(reason) }, 'Metrics cannot be written; /metrics lacks some')
  })
  const counted = [counters, buckets] as const
  const watched = data.isDevelopment ? new WatchedRecorder(...counted) : undefined
  return {
    path,
    manifest,
    modelInfo,
    options,
    load,
    executor,
    recorder: watched ?? new Recorder(...counted),
    log,
    isDevelopment: data.isDevelopment,
    worker: data.index,
    packageRoots: data.packageRoots,
    clock: systemClock,
    gate: createGate(data, link),
    docs,
    readiness: () => link.ask('readiness'),
    watch: watched && {
      buckets,
      series: () => link.ask('series'),
      batches: () => watched.batches,
    },
    metrics: options.metrics.port === undefined ? shareNext(() => link.ask('metrics')) : undefined,
  }
}

// Few enough that a worker does not sit on what others need, many enough that asking is rare.
const blocksOfAWorker = 4

function createGate({ options, plan, leases }: WorkerData, link: SupervisorLink): ConcurrencyGate {
  const limit = concurrencyLimit(options.traffic)
  if (limit === undefined) return new ConcurrencyGate()
  const block = Math.ceil(limit / (plan.workers * blocksOfAWorker))
  return new ConcurrencyGate(leases ?? 0, link.leases(block))
}

interface Answering {
  readonly app: App
  readonly link: SupervisorLink
  readonly ready: Promise<void>
  readonly fail: (error: unknown) => void
  readonly flush: () => Promise<void>
  readonly tls: TlsSettings | undefined
}

function serve(given: BootInput, { app, link, ready, fail, flush, tls }: Answering): NodeServer {
  const server = new NodeServer(app, given.options.http, tls)
  let isReady = false
  ready.then(
    () => (isReady = true),
    () => undefined,
  )
  link.on({
    connection: (socket) => server.accept(socket),
    drain: async (lastCallMs) => {
      await server.drain(lastCallMs)
      link.send({ type: 'answered' })
      try {
        // What has not begun has nothing to finish; a model that still loads would only be waited for.
        if (isReady) await app.close()
        await flush()
        link.send({ type: 'drained' })
      } catch (error) {
        fail(error)
      }
    },
    gate: given.gate,
  })
  link.send({ type: 'listening' })
  return server
}

interface Beating {
  readonly given: BootInput
  readonly server: NodeServer
  readonly oldestRunMs: number
  readonly rssBytes: number
  readonly health: HealthReport | undefined
}

function sendBeat(
  link: SupervisorLink,
  { given, server, oldestRunMs, rssBytes, health }: Beating,
): void {
  given.recorder.saveGauges()
  given.gate.settle()
  link.send({
    type: 'beat',
    oldestRunMs,
    rssBytes,
    requests: server.requests,
    ...(health && { health }),
  })
}

/**
 * What the checks said last, and asks them again. Only where the supervisor answers probes, which has no service to
 * ask.
 */
function watchHealth(health: Health, { options }: WorkerData): () => HealthReport | undefined {
  if (options.metrics.port === undefined || !health.isChecked) return () => undefined
  let last: HealthReport | undefined
  let asking: Promise<void> | undefined
  const ask = async (): Promise<void> => {
    last = await health.report()
    asking = undefined
  }
  return () => {
    asking ??= ask()
    return last
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
