import { createRequire } from 'node:module'
import type * as Api from '@opentelemetry/api'
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http'
import type * as Sdk from '@opentelemetry/sdk-trace-node'
import { tracingPackages } from '../../config/option-packages.ts'
import { BentoError } from '../../errors.ts'
import { importPackage, resolvePackage } from '../../lib/packages.ts'

type SdkConfig = NonNullable<ConstructorParameters<typeof Sdk.NodeTracerProvider>[0]>
type Resource = NonNullable<SdkConfig['resource']>
type Attributes = Readonly<Record<string, string>>

/** The parts of OpenTelemetry that are used, from the service's own packages. */
export interface TracingSdk {
  readonly api: typeof Api
  readonly sdk: typeof Sdk
  readonly exporter: typeof Exporter
  /** A resource of these attributes and, before them, those of OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME. */
  readonly createResource: (attributes: Attributes) => Resource
}

export async function loadTracingSdk(roots: readonly string[]): Promise<TracingSdk> {
  requireTracingPackages(roots)
  const modules = await Promise.all(tracingPackages.map((name) => importPackage(name, roots)))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because these are the packages of these types
  const [api, sdk, exporter] = modules as unknown as [typeof Api, typeof Sdk, typeof Exporter]
  return { api, sdk, exporter, createResource: (attributes) => resourceOf(attributes, roots) }
}

/** Throws PACKAGE_MISSING with the line to type. */
export function requireTracingPackages(roots: readonly string[]): void {
  const missing = tracingPackages.filter((name) => resolvePackage(name, roots) === undefined)
  if (missing.length === 0) return
  const versions = tracingPackages.map((name) => `${name}@${testedVersions[name]}`)
  throw new BentoError('PACKAGE_MISSING', `Tracing needs the package ${missing.join(' and ')}`, {
    hint: `Run \`npm install ${versions.join(' ')}\` in the project, or \`npm ci --omit=dev\` in the folder of a bento.`,
  })
}

const testedVersions: Readonly<Record<(typeof tracingPackages)[number], string>> = {
  '@opentelemetry/api': '~1.9.0',
  '@opentelemetry/sdk-trace-node': '^2.12.0',
  '@opentelemetry/exporter-trace-otlp-http': '^0.223.0',
}

/** The parts of `@opentelemetry/resources` that are used. */
interface Resources {
  readonly defaultResource: () => Resource
  readonly resourceFromAttributes: (attributes: Attributes) => Resource
  readonly detectResources: (options: { detectors: readonly object[] }) => Resource
  readonly envDetector: object
}

function resourceOf(attributes: Attributes, roots: readonly string[]): Resource {
  const sdk = resolvePackage('@opentelemetry/sdk-trace-node', roots) ?? import.meta.url
  // Comes with the SDK, and is found from there.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because this is the package of this type
  const resources = createRequire(sdk)('@opentelemetry/resources') as Resources
  const { resourceFromAttributes, defaultResource, detectResources, envDetector } = resources
  return defaultResource()
    .merge(resourceFromAttributes(attributes))
    .merge(detectResources({ detectors: [envDetector] }))
}
