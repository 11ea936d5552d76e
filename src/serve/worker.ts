import cluster from 'node:cluster'
import type { Socket } from 'node:net'
import { toWire } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../log/logger.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import { boot } from './boot.ts'
import { shareOf } from './concurrency.ts'
import { NodeServer } from './http/node-server.ts'
import { CounterFile } from './observe/counter-file.ts'
import { bucketsOf } from './observe/buckets.ts'
import { Recorder } from './observe/recorder.ts'
import { ThreadExecutor } from './runners/thread-executor.ts'
import { SupervisorLink } from './supervise/supervisor-link.ts'
import type { WorkerData } from './supervise/protocol.ts'

const beatMs = 1000

export interface WorkerInput {
  readonly data: WorkerData
  /** `dist/service.mjs`: what a runner thread starts. */
  readonly file: URL
  readonly load: () => Promise<ServiceDefinition>
}

/** A worker process: answers HTTP on connections that the supervisor hands over. */
export async function startWorker(input: WorkerInput): Promise<void> {
  const { data, file } = input
  const { options, plan, manifest } = data
  const { logger, stream } = createLogger({
    format: data.logFormat,
    level: 'info',
    fields: { service: manifest.service, worker: data.index },
  })
  const link = new SupervisorLink()
  const fail = (error: unknown): void => {
    logger.error({ err: error }, 'The worker cannot go on')
    stream.flushSync()
    link.send({ type: 'failed', error: toWire(error) })
  }
  const executor = new ThreadExecutor({
    threads: plan.runners,
    file,
    load: {
      intraOpThreads: plan.intraOpThreads,
      allowSpinning: plan.workers === 1,
      packageRoots: data.packageRoots,
    },
    onLost: fail,
  })
  const { maxConcurrency } = options.traffic
  const booted = await boot({
    path: data.path,
    manifest,
    options,
    load: input.load,
    executor,
    recorder: new Recorder(new CounterFile(data.counters), bucketsOf(options, manifest)),
    logger,
    clock: systemClock,
    concurrency: maxConcurrency && shareOf(maxConcurrency, plan.workers, data.index),
    docs: new URL('docs/', file),
    readiness: () => link.ask('readiness'),
    metrics: () => link.ask('metrics'),
  }).catch((error: unknown) => {
    fail(error)
    return undefined
  })
  if (!booted) return

  const server = new NodeServer(booted.app)
  link.on({
    connection: (socket: Socket) => server.accept(socket),
    drain: async () => {
      await server.drain()
      await booted.app.close()
      stream.flushSync()
      link.send({ type: 'drained' })
    },
  })
  link.send({ type: 'listening' })
  setInterval(() => link.send({ type: 'beat', oldestRunMs: executor.oldestRunMs() }), beatMs).unref()
  booted.ready.then(() => link.send({ type: 'ready' }), fail)
}

/** True in a process that a supervisor forked. */
export function isWorkerProcess(): boolean {
  return cluster.isWorker
}
