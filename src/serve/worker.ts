import { toWire } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../log/logger.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import type { App } from './app.ts'
import { boot, type BootInput } from './boot.ts'
import { shareOf } from './concurrency.ts'
import { NodeServer } from './http/node-server.ts'
import { bucketsOf } from './observe/buckets.ts'
import { CounterFile } from './observe/counter-file.ts'
import { Recorder } from './observe/recorder.ts'
import type { ThreadExecutor } from './runners/thread-executor.ts'
import type { WorkerData } from './supervise/protocol.ts'
import { SupervisorLink } from './supervise/supervisor-link.ts'

const beatMs = 1000

export interface WorkerInput {
  readonly data: WorkerData
  readonly executor: ThreadExecutor
  /** Folder of the docs page's files. */
  readonly docs: URL
  readonly load: () => Promise<ServiceDefinition>
}

/** A worker process: answers HTTP on connections that the supervisor hands over. */
export async function startWorker(input: WorkerInput): Promise<void> {
  const { data, executor } = input
  const log = createLogger({
    format: data.logFormat,
    level: 'info',
    fields: { service: data.manifest.service, worker: data.index },
  })
  const link = new SupervisorLink()
  const fail = (error: unknown): void => {
    log.logger.error({ err: error }, 'The worker cannot go on')
    log.stream.flushSync()
    link.send({ type: 'failed', error: toWire(error) })
  }
  void executor.lost.then(fail)
  try {
    const given = bootInputOf(input, link, log)
    const { app, ready } = await boot(given)
    serve(app, link, () => log.stream.flushSync())
    setInterval(() => {
      given.recorder.saveGauges()
      link.send({ type: 'beat', oldestRunMs: executor.oldestRunMs() })
    }, beatMs).unref()
    await ready
    link.send({ type: 'ready' })
  } catch (error) {
    fail(error)
  }
}

function bootInputOf(
  { data, executor, docs, load }: WorkerInput,
  link: SupervisorLink,
  { logger, lines }: Pick<BootInput, 'logger' | 'lines'>,
): BootInput {
  const { path, manifest, options, plan, index } = data
  const { maxConcurrency } = options.traffic
  const counters = new CounterFile(data.counters)
  return {
    path,
    manifest,
    options,
    load,
    executor,
    recorder: new Recorder(counters, bucketsOf(options, manifest)),
    logger,
    lines,
    clock: systemClock,
    concurrency: maxConcurrency && shareOf(maxConcurrency, plan.workers, index),
    docs,
    readiness: () => link.ask('readiness'),
    metrics: () => link.ask('metrics'),
  }
}

function serve(app: App, link: SupervisorLink, flush: () => void): void {
  const server = new NodeServer(app)
  link.on({
    connection: (socket) => server.accept(socket),
    drain: async (lastCallMs) => {
      await server.drain(lastCallMs)
      await app.close()
      flush()
      link.send({ type: 'drained' })
    },
  })
  link.send({ type: 'listening' })
}
