import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServeOptions } from '../../config/service-options.ts'
import { systemClock } from '../../lib/clock.ts'
import { shareNext } from '../../lib/share-next.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { concurrencyLimit } from '../concurrency.ts'
import { bucketsOf } from '../observe/buckets.ts'
import { metricLabels, renderMetrics } from '../observe/render-metrics.ts'
import { renderPlan } from '../plan.ts'
import type { ServeInput, Serving } from '../serving.ts'
import { Counters } from './counters.ts'
import type { Fork } from './fork.ts'
import { Generation, replaceLastCallMs } from './generation.ts'
import { Leases } from './leases.ts'
import type { Listener } from './listener.ts'
import { openBento } from './open-bento.ts'
import { handOver, type Listeners } from './open-listeners.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { ProbeServer } from './probe-server.ts'
import type { Question, WorkerData } from './protocol.ts'
import { StandIn } from './stand-in.ts'
import { WeightsFolder } from './weights-folder.ts'
import { boundsOf, graceOf } from './worker-health.ts'
import type { WorkerProcess, WorkerRequest } from './worker-process.ts'

const watchMs = 1000
// A watch that is this late says that this process was held up, and nothing about the workers.
const lateMs = 2000
// At the end there is somebody waiting for it.
const lastCallMs = 100
// Until what is idle after its last call is closed too.
const afterLastCallMs = 500

/** Binds the port, starts workers, replaces the dead, answers for all of them. One per server. */
export class Supervisor implements Serving {
  readonly url: string
  readonly exited: Promise<number>
  readonly #input: ServeInput
  readonly #listener: Listener
  readonly #standIn: StandIn
  readonly #counters = new Counters()
  readonly #weights = new WeightsFolder()
  readonly #leases: Leases
  readonly #watch: NodeJS.Timeout
  /** The one that serves, one that is to take over, those that finish. */
  readonly #generations = new Set<Generation>()
  #current: Generation
  #options: ServeOptions
  #manifest: BentoManifest
  #finish: (code: number) => void = () => undefined
  #probes: ProbeServer | undefined
  #isDraining = false
  #watchedAt = performance.now()

  /** Resolves when the first workers are ready. Throws what kept them from starting. `spare` becomes the first of them. */
  static async start(input: ServeInput, spare: Fork): Promise<Supervisor> {
    try {
      return await Supervisor.#open(input, spare)
    } catch (error) {
      spare.worker.process.kill('SIGKILL')
      throw error
    }
  }

  static async #open(input: ServeInput, spare: Fork): Promise<Supervisor> {
    const { prepared, listeners } = await openBento(input)
    const supervisor = handOver(
      listeners,
      ({ api }) => new Supervisor(input, { ...prepared, spare }, api),
    )
    input.onBound?.(supervisor)
    input.say(`Plan: ${renderPlan(prepared.plan)}`)
    listeners.api.start((socket) => supervisor.#dispatch(socket))
    await supervisor.#startProbes(listeners)
    try {
      await Promise.race([supervisor.#current.ready, supervisor.exited])
    } catch (error) {
      supervisor.#end(1)
      throw error
    }
    void supervisor.#counters.claim()
    return supervisor
  }

  private constructor(
    input: ServeInput,
    prepared: Prepared & { readonly spare: Fork },
    listener: Listener,
  ) {
    const { spare, ...bento } = prepared
    this.#input = input
    this.#listener = listener
    this.#options = bento.options
    this.#manifest = bento.manifest
    this.#leases = new Leases(concurrencyLimit(bento.options.traffic), systemClock)
    this.#standIn = new StandIn({
      bento,
      why: () => this.#readiness(),
      onClose: () => listener.release(1),
    })
    this.url = listener.url
    this.exited = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#current = this.#startGeneration(bento, spare)
    this.#watch = setInterval(() => this.#watchAll(), watchMs)
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  async swap(path: string): Promise<void> {
    const prepared = await prepare({ ...this.#input, path })
    if (this.#isDraining) return
    const next = this.#startGeneration(prepared)
    try {
      await next.ready
    } catch (error) {
      this.#generations.delete(next)
      throw error
    }
    if (this.#isDraining) return
    const previous = this.#current
    this.#current = next
    this.#options = prepared.options
    this.#manifest = prepared.manifest
    this.#leases.setLimit(concurrencyLimit(prepared.options.traffic))
    this.#listener.flush()
    const drained = previous.drain(replaceLastCallMs)
    void drained.then(() => this.#generations.delete(previous))
    // Who keeps a connection is on the new one by then. A stream may go on for longer, and the next swap come before.
    await Promise.race([drained, pause(replaceLastCallMs + afterLastCallMs)])
  }

  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    void this.#finishDrain()
  }

  async #finishDrain(): Promise<void> {
    const graceMs = graceOf(this.#options)
    const cancel = systemClock.after(graceMs, () => this.#listener.abort())
    // Who waits for the first worker is served by it.
    await this.#listener.close()
    cancel()
    const drains = [...this.#generations].map((generation) => generation.drain(lastCallMs))
    const wholes = await Promise.all(drains)
    this.#end(wholes.includes(false) ? 1 : 0)
  }

  kill(): void {
    this.#isDraining = true
    for (const generation of this.#generations) generation.kill()
    this.#end(130)
  }

  #startGeneration(prepared: Prepared, spare?: Fork): Generation {
    const { plan, options, path } = prepared
    const generation = new Generation({
      file: join(path, 'dist', 'service.mjs'),
      workers: plan.workers,
      ...(spare && { spare }),
      clock: systemClock,
      bounds: boundsOf(options),
      graceMs: graceOf(options),
      say: this.#input.say,
      dataFor: (index) => this.#dataFor(prepared, index),
      onBorn: (worker) => this.#leases.open(worker, worker.data.leases ?? 0),
      onAsk: (worker, message) => void this.#answer(worker, message),
      onOpen: () => this.#listener.flush(),
      onDeath: (worker) => this.#bury(worker),
      onRestart: (reason) => this.#counters.restarted(reason),
    })
    this.#generations.add(generation)
    return generation
  }

  #dataFor(prepared: Prepared, index: number): WorkerData {
    const { packageRoots, logFormat } = this.#input
    const counters = this.#counters.assign()
    const weights = prepared.plan.sharesWeights ? { weights: this.#weights.path } : {}
    const data = { ...prepared, index, counters, ...weights, packageRoots, logFormat }
    const limit = concurrencyLimit(prepared.options.traffic)
    if (limit === undefined) return data
    return { ...data, leases: this.#leases.within(Math.floor(limit / prepared.plan.workers)) }
  }

  #bury(worker: WorkerProcess): void {
    const untaken = worker.takeBack()
    this.#listener.release(worker.connections)
    for (const socket of untaken) this.#listener.offer(socket)
    this.#counters.retire(worker.data.counters)
    this.#leases.close(worker)
    const why = worker.error?.message ?? 'unknown'
    if (why !== 'drained' && why !== 'killed') {
      this.#input.say(`Worker ${worker.data.index} died: ${why}`)
    }
  }

  /** Loaded when it is asked for: most are scraped where they are called. */
  async #startProbes({ probes }: Listeners): Promise<void> {
    if (!probes) return
    const { ProbeServer } = await import('./probe-server.ts')
    const { http, metrics } = this.#options
    this.#probes = new ProbeServer(probes, http, {
      liveness: async () => this.#current.health.liveness,
      readiness: async () => this.#readiness() || this.#current.health.readiness,
      metrics: metrics.enabled ? this.#renderMetrics : undefined,
    })
    this.#input.say(`Probes${metrics.enabled ? ' and metrics' : ''} on ${probes.url}`)
  }

  #dispatch(socket: Socket): boolean {
    if (this.#current.dispatch(socket)) return true
    if (!this.#current.isLooping) return false
    this.#standIn.accept(socket)
    return true
  }

  #watchAll(): void {
    const now = performance.now()
    const isLate = now - this.#watchedAt > watchMs + lateMs
    this.#watchedAt = now
    for (const generation of this.#generations) {
      if (isLate) generation.excuse(now)
      else generation.watch()
    }
    const refused = this.#listener.takeRefused()
    if (refused > 0) this.#input.say(`Refused ${refused} connections: http.maxConnections are open`)
  }

  async #answer(worker: WorkerProcess, message: WorkerRequest): Promise<void> {
    switch (message.type) {
      case 'ask':
        worker.answer(message.id, await this.#answerTo(message.question))
        return
      case 'lease':
        this.#leases.ask(worker, message.count)
        return
      case 'returned':
        if (message.isRecalled) this.#leases.returned(worker, message.count)
        else this.#leases.giveBack(worker, message.count)
        return
      case 'closed':
        this.#listener.release(message.count)
    }
  }

  async #answerTo(question: Question): Promise<string> {
    if (question === 'series') return JSON.stringify(await this.#counters.sum())
    return question === 'metrics' ? this.#renderMetrics() : this.#readiness()
  }

  #readiness(): string {
    return this.#isDraining ? 'The service is shutting down' : this.#current.readiness()
  }

  /** One at a time: many scrapers together must not keep connections waiting. */
  readonly #renderMetrics = shareNext(async () =>
    renderMetrics({
      namespace: this.#options.metrics.namespace,
      labels: metricLabels(this.#manifest),
      buckets: bucketsOf(this.#options, this.#manifest),
      series: await this.#counters.sum(),
    }),
  )

  #end(code: number): void {
    clearInterval(this.#watch)
    this.#listener.abort()
    this.#probes?.close()
    this.#counters.remove()
    this.#weights.remove()
    this.#finish(code)
  }
}
