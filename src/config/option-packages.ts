import type { ParsedOptions } from './service-schema.ts'

/** Packages that tracing needs: optional, since they are larger than all the rest. */
export const tracingPackages = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/exporter-trace-otlp-http',
] as const

/** Packages that a service needs for what its options switch on. */
export function packagesOf(options: {
  readonly tracing?: Pick<ParsedOptions['tracing'], 'exporterType'> | undefined
}): readonly string[] {
  return options.tracing?.exporterType === undefined ? [] : tracingPackages
}
