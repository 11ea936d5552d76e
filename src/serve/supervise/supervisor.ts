import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { ServeOptions } from '../../config/service-options.ts'
import { systemClock } from '../../lib/clock.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import { bucketsOf } from '../observe/buckets.ts'
import { metricLabels, renderMetrics } from '../observe/render-metrics.ts'
import { renderPlan } from '../plan.ts'
import type { ServeInput, Serving } from '../serving.ts'
import { Counters } from './counters.ts'
import type { Fork } from './fork.ts'
import { Generation } from './generation.ts'
import { Listener } from './listener.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { FromWorker } from './protocol.ts'
import type { WorkerProcess } from './worker-process.ts'

const watchMs = 1000
// At the end there is somebody waiting for it; a swap has time to tell every client to come back on a new connection.
const lastCallMs = 100
const swapLastCallMs = 2000
// What a drain may take on top of the longest that a request may take.
const drainMarginMs = 5000

/** Binds the port, starts workers, replaces the dead, answers for all of them. One per server. */
export class Supervisor implements Serving {
  readonly url: string
  readonly exited: Promise<number>
  readonly #input: ServeInput
  readonly #listener: Listener
  readonly #counters = new Counters()
  readonly #watch: NodeJS.Timeout
  #options: ServeOptions
  #manifest: BentoManifest
  #current: Generation
  #finish: (code: number) => void = () => undefined
  #isDraining = false

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
    const prepared = await prepare(input)
    const { host, port } = prepared.options.http
    const listener = await Listener.open(host, port)
    input.say(`Plan: ${renderPlan(prepared.plan)}`)
    const supervisor = new Supervisor(input, { ...prepared, spare }, listener)
    listener.start((socket) => supervisor.#dispatch(socket))
    try {
      await supervisor.#current.ready
    } catch (error) {
      supervisor.#end(1)
      throw error
    }
    return supervisor
  }

  private constructor(
    input: ServeInput,
    prepared: Prepared & { readonly spare: Fork },
    listener: Listener,
  ) {
    this.#input = input
    this.#listener = listener
    this.#options = prepared.options
    this.#manifest = prepared.manifest
    this.url = urlOf(prepared.options.http.host, listener.port)
    this.exited = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#current = this.#startGeneration(prepared, prepared.spare)
    this.#watch = setInterval(() => this.#current.watch(), watchMs)
  }

  async swap(path: string): Promise<void> {
    const prepared = await prepare({ ...this.#input, path })
    const next = this.#startGeneration(prepared)
    await next.ready
    if (this.#isDraining) {
      next.kill()
      return
    }
    const previous = this.#current
    this.#current = next
    this.#options = prepared.options
    this.#manifest = prepared.manifest
    this.#listener.flush()
    await previous.drain(swapLastCallMs)
  }

  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#listener.close()
    const graceMs = this.#options.traffic.timeout * 1000 + drainMarginMs
    const cancel = systemClock.after(graceMs, () => this.#current.kill())
    void this.#finishDrain(cancel)
  }

  async #finishDrain(cancel: () => void): Promise<void> {
    await this.#current.drain(lastCallMs)
    cancel()
    this.#end(0)
  }

  kill(): void {
    this.#isDraining = true
    this.#current.kill()
    this.#end(130)
  }

  #startGeneration(prepared: Prepared, spare?: Fork): Generation {
    const { plan, options, manifest, path } = prepared
    return new Generation({
      file: join(path, 'dist', 'service.mjs'),
      workers: plan.workers,
      ...(spare && { spare }),
      clock: systemClock,
      runTimeoutMs: options.runTimeout * 1000,
      dataFor: (index) => ({
        index,
        path,
        manifest,
        options,
        plan,
        env: prepared.env,
        counters: this.#counters.assign(),
        packageRoots: this.#input.packageRoots,
        logFormat: this.#input.logFormat,
      }),
      onAsk: (worker, message) => void this.#answer(worker, message),
      onOpen: () => this.#listener.flush(),
      onDeath: (worker) => {
        for (const socket of worker.takeBack()) this.#listener.offer(socket)
        this.#counters.retire(worker.data.counters)
        const why = worker.error?.message ?? 'unknown'
        if (!this.#isDraining && why !== 'drained') {
          this.#input.say(`Worker ${worker.data.index} died: ${why}`)
        }
      },
    })
  }

  #dispatch(socket: Socket): boolean {
    return this.#current.dispatch(socket)
  }

  async #answer(worker: WorkerProcess, message: FromWorker & { type: 'ask' }): Promise<void> {
    switch (message.question) {
      case 'readiness':
        worker.answer(message.id, this.#current.readiness())
        return
      case 'metrics':
        worker.answer(message.id, await this.#renderMetrics())
        return
    }
  }

  async #renderMetrics(): Promise<string> {
    return renderMetrics({
      namespace: this.#options.metrics.namespace,
      labels: metricLabels(this.#manifest),
      buckets: bucketsOf(this.#options, this.#manifest),
      series: await this.#counters.sum(),
    })
  }

  #end(code: number): void {
    clearInterval(this.#watch)
    this.#listener.close()
    this.#counters.remove()
    this.#finish(code)
  }
}

function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
