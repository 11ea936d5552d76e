import { toWire } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger, type Logger } from '../log/logger.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import type { App } from './app.ts'
import { boot, type BootInput } from './boot.ts'
import { shareOf } from './concurrency.ts'
import { NodeServer } from './http/node-server.ts'
import { bucketsOf } from './observe/buckets.ts'
import { CounterFile } from './observe/counter-file.ts'
import { Recorder } from './observe/recorder.ts'
import type { Executor } from './runners/executor.ts'
import { ThreadExecutor } from './runners/thread-executor.ts'
import type { WorkerData } from './supervise/protocol.ts'
import { SupervisorLink } from './supervise/supervisor-link.ts'

const beatMs = 1000

export interface WorkerInput {
  readonly data: WorkerData
  /** `dist/service.mjs`: what a runner thread starts. */
  readonly file: URL
  readonly load: () => Promise<ServiceDefinition>
}

/** A worker process: answers HTTP on connections that the supervisor hands over. */
export async function startWorker(input: WorkerInput): Promise<void> {
  const { data } = input
  const { logger, stream } = createLogger({
    format: data.logFormat,
    level: 'info',
    fields: { service: data.manifest.service, worker: data.index },
  })
  const link = new SupervisorLink()
  const fail = (error: unknown): void => {
    logger.error({ err: error }, 'The worker cannot go on')
    stream.flushSync()
    link.send({ type: 'failed', error: toWire(error) })
  }
  const executor = createExecutor(input, fail)
  try {
    const { app, ready } = await boot(bootInputOf(input, { link, logger, executor }))
    serve(app, link, () => stream.flushSync())
    setInterval(
      () => link.send({ type: 'beat', oldestRunMs: executor.oldestRunMs() }),
      beatMs,
    ).unref()
    await ready
    link.send({ type: 'ready' })
  } catch (error) {
    fail(error)
  }
}

function createExecutor({ data, file }: WorkerInput, onLost: (error: Error) => void): Executor {
  const { plan, packageRoots } = data
  const { intraOpThreads } = plan
  // Alone, a worker may let its threads spin between runs; beside others they would take the others' time.
  const load = { intraOpThreads, allowSpinning: plan.workers === 1, packageRoots }
  return new ThreadExecutor({ threads: plan.runners, file, load, onLost })
}

interface WorkerParts {
  readonly link: SupervisorLink
  readonly logger: Logger
  readonly executor: Executor
}

function bootInputOf({ data, file, load }: WorkerInput, parts: WorkerParts): BootInput {
  const { path, manifest, options, plan, index } = data
  const { maxConcurrency } = options.traffic
  const counters = new CounterFile(data.counters)
  return {
    path,
    manifest,
    options,
    load,
    executor: parts.executor,
    recorder: new Recorder(counters, bucketsOf(options, manifest)),
    logger: parts.logger,
    clock: systemClock,
    concurrency: maxConcurrency && shareOf(maxConcurrency, plan.workers, index),
    docs: new URL('docs/', file),
    readiness: () => parts.link.ask('readiness'),
    metrics: () => parts.link.ask('metrics'),
  }
}

function serve(app: App, link: SupervisorLink, flush: () => void): void {
  const server = new NodeServer(app)
  link.on({
    connection: (socket) => server.accept(socket),
    drain: async () => {
      await server.drain()
      await app.close()
      flush()
      link.send({ type: 'drained' })
    },
  })
  link.send({ type: 'listening' })
}
