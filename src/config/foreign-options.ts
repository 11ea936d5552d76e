const another = 'is for services that run another program: give that one an image of its own'
const calls = 'is for services that call each other: a bento is one service'
const otlp = 'is not here: any collector takes OTLP, `tracing.exporterType: otlp`'

/** Options of BentoML's services that mean nothing here, by their place, and what there is instead. */
export const foreignOptions: Readonly<Record<string, string>> = {
  backlog: 'is fixed at 2048: http.maxConnections bounds the connections that are open',
  pathPrefix: 'is not here: give the methods a `route`, or cut the prefix off in the proxy before',
  cmd: another,
  replicateProcess: another,
  'http.proxyPort': another,
  maxRunnerConnections: calls,
  runnerConnection: calls,
  runnerProbe: calls,
  extraPorts: 'is not here: a bento listens on http.port, and on metrics.port where that is set',
  endpoints: 'is not here: the probes are /livez and /readyz',
  grpc: 'is not here: a bento answers HTTP',
  'traffic.externalQueue': 'is not here: apis.<name>.maxQueueSize bounds the queue of a method',
  'resources.tpuType': 'is not here: models run on `providers`',
  'tracing.zipkin': otlp,
  'tracing.jaeger': otlp,
  'tracing.maxTagValueLength': 'is not here: OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT sets it',
  'tracing.otlp.protocol': 'is always http',
  'tracing.otlp.grpc': 'is not here: spans go over HTTP',
  'monitoring.options.logConfigFile': 'is Python’s: write monitoring.options.logPath',
}
