import type { Context, Span, Tracer as OtelTracer } from '@opentelemetry/api'
import type { NodeTracerProvider, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { ServeOptions } from '../../config/service-options.ts'
import { messageOf } from '../../errors.ts'
import { atMost } from '../../lib/at-most.ts'
import type { Logger } from '../../log/logger.ts'
import type { BentoManifest } from '../../store/manifest.ts'
import type { AppRequest } from '../app.ts'
import { loadTracingSdk, type TracingSdk } from './load-sdk.ts'
import { OtlpSpan } from './otlp-span.ts'
import type { RequestSpan, Tracer } from './tracer.ts'

export interface OtlpTracerInput {
  readonly options: ServeOptions
  readonly manifest: BentoManifest
  /** Number of this worker. */
  readonly worker: number
  readonly packageRoots: readonly string[]
  readonly logger: Logger
}

/** Loads the SDK and sends spans to a collector, those of the service's own code too. */
export async function openOtlpTracer(input: OtlpTracerInput): Promise<Tracer> {
  const { tracing } = input.options
  const otel = await loadTracingSdk(input.packageRoots)
  const { sdk } = otel
  const provider = new sdk.NodeTracerProvider({
    resource: otel.createResource(attributesOf(input)),
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(tracing.sampleRate),
    }),
    spanProcessors: [
      new sdk.BatchSpanProcessor(createExporter(otel, input), {
        exportTimeoutMillis: tracing.timeout * 1000,
      }),
    ],
  })
  // From here on the service's own spans, by way of @opentelemetry/api, come here too.
  provider.register()
  if (tracing.sampleRate === 0) {
    input.logger.info('tracing.sampleRate is 0: only traces that a caller samples are exported')
  }
  return new OtlpTracer(otel, provider, tracing)
}

/** Under the names of OpenTelemetry's conventions, with BentoML's meaning. */
function attributesOf({ manifest, worker }: OtlpTracerInput): Record<string, string> {
  return {
    'service.name': manifest.service,
    'service.namespace': manifest.name,
    'service.version': manifest.version,
    'service.instance.id': String(worker),
  }
}

function createExporter(
  { exporter }: TracingSdk,
  { options, logger }: OtlpTracerInput,
): SpanExporter {
  const { timeout, otlp } = options.tracing
  const inner = new exporter.OTLPTraceExporter({
    timeoutMillis: timeout * 1000,
    headers: otlp.http.headers,
    // Absent: the SDK reads OTEL_EXPORTER_OTLP_ENDPOINT and its kind.
    ...(otlp.endpoint !== undefined && { url: tracesUrl(otlp.endpoint) }),
  })
  return warning(inner, logger)
}

/** A collector is often named without the path of its traces. */
export function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = '/v1/traces'
  return url.href
}

const warnEveryMs = 60_000

/** Says, at most once a minute, that the collector does not take the spans. */
function warning(inner: SpanExporter, logger: Logger): SpanExporter {
  let warnedAt = -Infinity
  return {
    export(spans, done) {
      inner.export(spans, (result) => {
        if (result.error !== undefined && performance.now() - warnedAt > warnEveryMs) {
          warnedAt = performance.now()
          const reason = messageOf(result.error)
          logger.warn({ reason, spans: spans.length }, 'The collector did not take the spans')
        }
        done(result)
      })
    },
    shutdown: () => inner.shutdown(),
    forceFlush: async () => inner.forceFlush?.(),
  }
}

class OtlpTracer implements Tracer {
  readonly #otel: TracingSdk
  readonly #provider: NodeTracerProvider
  readonly #tracer: OtelTracer
  readonly #excluded: readonly RegExp[]
  readonly #timeoutMs: number

  constructor(otel: TracingSdk, provider: NodeTracerProvider, options: ServeOptions['tracing']) {
    this.#otel = otel
    this.#provider = provider
    this.#tracer = provider.getTracer('bentojs')
    this.#excluded = options.excludedUrls.map((pattern) => new RegExp(pattern))
    this.#timeoutMs = options.timeout * 1000
  }

  begin(request: AppRequest, path: string): RequestSpan | undefined {
    const { headers, method } = request
    const scheme = request.isSecure ? 'https' : 'http'
    const url = `${scheme}://${String(headers['host'] ?? 'localhost')}${request.path}`
    if (this.#excluded.some((pattern) => pattern.test(url))) return undefined
    const { api } = this.#otel
    const parent = api.propagation.extract(api.ROOT_CONTEXT, headers)
    const span = this.#tracer.startSpan(
      `${method} ${path}`,
      {
        kind: api.SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'http.route': path,
          'url.path': path,
          'url.scheme': scheme,
          ...(request.remote !== undefined && { 'client.address': request.remote }),
        },
      },
      parent,
    )
    return this.#wrap(span, parent)
  }

  async runBatch<Given extends unknown[]>(
    spans: readonly RequestSpan[],
    work: (...given: Given) => unknown,
    ...given: Given
  ): Promise<unknown> {
    const [first, ...others] = spans.filter((span) => span instanceof OtlpSpan)
    if (first === undefined) return work(...given)
    if (others.length === 0) return first.run(work, ...given)
    const links = others.map((other) => ({ context: other.context }))
    const span = this.#tracer.startSpan('batch', { links }, first.scope)
    try {
      return await this.#wrap(span, first.scope).run(work, ...given)
    } finally {
      span.end()
    }
  }

  async flush(): Promise<void> {
    // What cannot be exported has been warned about.
    await atMost(this.#timeoutMs, this.#provider.forceFlush())
  }

  async close(): Promise<void> {
    const { trace, context, propagation } = this.#otel.api
    trace.disable()
    context.disable()
    propagation.disable()
    await atMost(this.#timeoutMs, this.#provider.shutdown())
  }

  #wrap(span: Span, parent: Context): OtlpSpan {
    return new OtlpSpan({ api: this.#otel.api, tracer: this.#tracer, span, parent })
  }
}
