import type { ServeOptions } from '../config/service-options.ts'
import { atMost } from '../lib/at-most.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/logger.ts'
import { setCorrelation } from '../service/current-request.ts'
import type { ServiceDefinition } from '../service/definition.ts'
import { bindLog } from '../service/log-host.ts'
import { bindMetricHost } from '../service/metrics/metrics.ts'
import type { ModelInfo } from '../service/model-host.ts'
import { bindModelHost } from '../service/models.ts'
import { bindMonitorHost } from '../service/monitor-host.ts'
import { usesRecords } from '../service/open-records.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { Background } from './background.ts'
import { SlotPool } from './batching/slot-pool.ts'
import type { ConcurrencyGate } from './concurrency.ts'
import { createRouter } from './create-router.ts'
import { createFileFetcher } from './fetch-file.ts'
import { Health } from './health.ts'
import { AccessLog } from './http/access-log.ts'
import { ApiRoute } from './http/api-route.ts'
import { Auth } from './http/auth.ts'
import { Cors } from './http/cors.ts'
import { DocsPage } from './http/docs-page.ts'
import type { ServerTimingMode } from './http/server-timing.ts'
import { methodOf, runHooks } from './methods.ts'
import type { Monitoring } from './monitoring/monitoring.ts'
import { createMounts } from './mounts/create-mounts.ts'
import type { Buckets, Recorder } from './observe/recorder.ts'
import { UserMetrics } from './observe/user-metrics.ts'
import type { BatchEntry } from './observe/watched-recorder.ts'
import { withOverrides } from './overrides.ts'
import type { Executor } from './runners/executor.ts'
import { ServiceApp } from './service-app.ts'
import type { Tracer } from './tracing/tracer.ts'
import { WorkerModels } from './worker-models.ts'

// For a file that a client gave the URL of.
const fetchTimeoutMs = 10_000
// Well within the margin of a drain: a collector that hangs must not make it one that was cut off.
const lastSendMs = 3000
const notSent = 'Spans or monitored records were lost: the collector did not take the last in time'

export interface BootInput {
  readonly path: string
  readonly manifest: BentoManifest
  /** What was stored with each model, by the tag that the service asks for. */
  readonly modelInfo: Readonly<Record<string, ModelInfo>>
  readonly options: ServeOptions
  /** Imports the user's module and picks the service. */
  readonly load: () => Promise<ServiceDefinition>
  readonly executor: Executor
  readonly recorder: Recorder
  readonly log: Log
  readonly clock: Clock
  readonly gate: ConcurrencyGate
  /** Whoever serves it is at work on it. */
  readonly isDevelopment: boolean
  /** Number of this worker; 0 where there is but one process. */
  readonly worker: number
  /** Where packages are looked for that are neither in the bundle nor beside it. */
  readonly packageRoots: readonly string[]
  /** Folder of the files of the pages; ends with a slash. */
  readonly docs: URL
  /** Says why the whole service is not ready; empty when it is. */
  readonly readiness: () => Promise<string>
  /** What the server has counted, for the dashboard of who develops; absent in production. */
  readonly watch: Watch | undefined
  /** Undefined when they are served elsewhere. */
  readonly metrics: (() => Promise<string>) | undefined
}

interface Watch {
  /** JSON of what all workers have counted. */
  readonly series: () => Promise<string>
  readonly buckets: Buckets
  readonly batches: () => readonly BatchEntry[]
}

export interface Booted {
  readonly app: ServiceApp
  /** Resolves when every model is loaded, and `onStartup` and the warm-ups have run: from then on calls are answered. */
  readonly ready: Promise<void>
  /** What its own checks say. */
  readonly health: Health
  /** Sends what traces and monitoring hold back, for who may be frozen at any time. */
  readonly flush: () => Promise<void>
}

/** Brings one process's copy of the service up: class, models, routes. */
export async function boot(input: BootInput): Promise<Booted> {
  const { manifest, executor, recorder } = input
  const models = createModels(input)
  bindHosts(input, models)
  // Models load on their own threads while this one imports the user's module.
  const loaded = models.load()
  // Awaited below; a failure while the import is still on its way is not an unhandled one.
  loaded.catch(() => undefined)
  const tracing = openTracer(input)
  tracing.catch(() => undefined)
  const definition = withOverrides(await input.load(), input.options)
  const tracer = await tracing
  const monitoring = await openMonitoring(input)
  correlateLogs(input, tracer)
  const instance = definition.construct()
  const ready = loaded
    .then(() => runHooks(instance, definition.startup))
    .then(() => Promise.all(routes.map((route) => route.warmUp())))
    .then(() => undefined)
  ready.catch(() => undefined)

  const background = new Background()
  const routes = createApiRoutes(input, { definition, instance, ready, tracer, background })
  const mounts = await createMounts(input, { definition, instance })
  const health = new Health({ definition, instance, logger: input.log.logger, ready })
  const docs = createPages(input)
  const queuedRows = (): number =>
    [models, ...routes].reduce((sum, each) => sum + each.queuedRows, 0)
  const own = { routes, mounts, docs, health, queuedRows }
  const router = createRouter(input, definition, own)
  const app = new ServiceApp({
    router,
    unknown: recorder.endpoint('(none)'),
    accessLog: new AccessLog(input.options.logging.access, input.log.lines),
    logger: input.log.logger,
    auth: Auth.of(input.options.auth.keys),
    cors: Cors.of(input.options.http.cors),
    docs,
    server: `BentoML Service/${manifest.service}`,
    tracer,
    traceHeader: input.options.http.response.traceId ? input.log.lines.formats.traceId : undefined,
    close: async () => {
      await drainAll({ routes, background, models })
      // A hook that fails keeps nobody else from ending as it should.
      await runHooks(instance, definition.shutdown).finally(async () => {
        const sent = Promise.all([monitoring?.flush(), tracer?.close()])
        if (!(await atMost(lastSendMs, sent))) input.log.logger.warn(notSent)
        await executor.close()
      })
    },
  })
  return { app, ready, health, flush: () => flushAll(monitoring, tracer) }
}

async function flushAll(
  monitoring: Monitoring | undefined,
  tracer: Tracer | undefined,
): Promise<void> {
  await Promise.all([monitoring?.flush(), tracer?.flush()])
}

function createModels({ manifest, options, log, ...input }: BootInput): WorkerModels {
  const { batching, traffic } = options
  const { path, modelInfo, executor, recorder, clock } = input
  return new WorkerModels({
    path,
    models: manifest.models,
    modelInfo,
    warn: (text) => log.logger.warn(text),
    executor,
    recorder,
    clock,
    batching,
    timeoutMs: traffic.timeout * 1000,
  })
}

interface Draining {
  readonly routes: readonly ApiRoute[]
  readonly background: Background
  readonly models: WorkerModels
}

async function drainAll({ routes, background, models }: Draining): Promise<void> {
  await Promise.all(routes.map((route) => route.drain()))
  await background.drain()
  await models.drain()
}

/** Spans and lines of the log go together, unless an option says otherwise. */
function correlateLogs({ options }: BootInput, tracer: Tracer | undefined): void {
  const correlate = options.logging.correlate ?? (tracer ? true : undefined)
  if (correlate !== undefined) setCorrelation(correlate)
}

/** The SDK is loaded only where spans are to be exported. */
async function openTracer(input: BootInput): Promise<Tracer | undefined> {
  if (input.options.tracing.exporterType === undefined) return undefined
  const { openOtlpTracer } = await import('./tracing/otlp-tracer.ts')
  return openOtlpTracer({ ...input, logger: input.log.logger })
}

/** What the user's code imports finds its worker here. */
function bindHosts({ options, recorder, log }: BootInput, models: WorkerModels): void {
  const { enabled, namespace } = options.metrics
  bindModelHost(models)
  bindLog(log.core)
  bindMetricHost(enabled ? new UserMetrics({ recorder, namespace, logger: log.logger }) : undefined)
}

/** Only where the service monitors anything. */
async function openMonitoring(input: BootInput): Promise<Monitoring | undefined> {
  if (!usesRecords() || !input.options.monitoring.enabled) return undefined
  const { Monitoring } = await import('./monitoring/monitoring.ts')
  const monitoring = new Monitoring({ ...input, logger: input.log.logger })
  bindMonitorHost(monitoring)
  return monitoring
}

interface Constructed {
  readonly definition: ServiceDefinition
  readonly instance: object
  readonly ready: Promise<void>
  readonly tracer: Tracer | undefined
  readonly background: Background
}

function createApiRoutes(input: BootInput, constructed: Constructed): ApiRoute[] {
  const { options, executor, recorder, clock } = input
  const { definition, instance, ready, tracer, background } = constructed
  const state = {}
  const newPool = (): SlotPool => new SlotPool(executor.slots, clock)
  // Methods that run models share the runners, and so take turns. Not one pool with the models' own batches: a method
  // has its place while it waits for those.
  const shared = input.manifest.models.length > 0 ? newPool() : undefined
  const { urlInputs, maxBodySize } = options.http
  const fetchFile = urlInputs
    ? createFileFetcher({ maxBytes: maxBodySize, timeoutMs: fetchTimeoutMs })
    : undefined
  return definition.apis.map((api) => {
    return new ApiRoute({
      api,
      call: methodOf(instance, api.name),
      state,
      timeoutMs: options.traffic.timeout * 1000,
      pool: shared ?? newPool(),
      batching: options.batching,
      profile: input.manifest.apis.find(({ name }) => name === api.name)?.profile ?? [],
      serverTiming: timingOf(input),
      nonFinite: options.http.response.nonFinite,
      fetchFile,
      gate: input.gate,
      ready,
      recorder,
      logger: input.log.logger,
      tracer,
      clock,
      background,
    })
  })
}

function createPages({ docs, options, watch }: BootInput): DocsPage {
  return new DocsPage({ folder: docs, page: options.http.page, dashboard: watch !== undefined })
}

/** What the page shows tells of other callers too: unasked for, it is for who develops, or is on this machine. */
function timingOf({ options: { http }, isDevelopment }: BootInput): ServerTimingMode {
  if (http.response.serverTiming) return 'always'
  return http.page && (isDevelopment || isLoopback(http.host)) ? 'asked' : 'never'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
