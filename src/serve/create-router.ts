import type { ServiceDefinition } from '../service/definition.ts'
import { describeDefinition } from '../service/describe.ts'
import { renderOpenapi } from '../service/openapi.ts'
import { renderSchema } from '../service/schema.ts'
import type { BootInput } from './boot.ts'
import type { Health } from './health.ts'
import type { ApiRoute } from './http/api-route.ts'
import type { DocsPage } from './http/docs-page.ts'
import { addInfrastructure } from './http/infrastructure.ts'
import { Router } from './http/router.ts'
import type { MountRoute } from './mounts/mount-route.ts'
import type { Snapshot } from './observe/snapshot.ts'

interface OwnRoutes {
  readonly routes: readonly ApiRoute[]
  readonly mounts: readonly MountRoute[]
  readonly docs: DocsPage
  readonly health: Health
  readonly queuedRows: () => number
}

/** What a service answers on: probes, pages, its methods, what is mounted. */
export function createRouter(
  input: BootInput,
  definition: ServiceDefinition,
  own: OwnRoutes,
): Router {
  const { options, recorder, manifest } = input
  const router = new Router()
  const { metrics } = input
  const { routes, mounts, docs, health } = own
  const scrape = async (): Promise<string> => {
    recorder.saveGauges()
    return metrics ? metrics() : ''
  }
  const description = once(() => describeDefinition(definition))
  addInfrastructure(
    router,
    {
      liveness: () => health.liveness(),
      readiness: async () => (await input.readiness()) || health.readiness(),
      metrics: options.metrics.enabled && metrics ? scrape : undefined,
      schema: once(() => renderSchema(description())),
      openapi: once(() => renderOpenapi(description(), { version: manifest.version })),
      docs,
      snapshot: snapshotter(input, own),
    },
    recorder,
  )
  for (const route of routes) router.add(route.path, route)
  for (const one of mounts) router.mount(one)
  return router
}

function snapshotter(
  { watch, recorder, executor }: BootInput,
  { routes, queuedRows }: OwnRoutes,
): (() => Promise<Snapshot>) | undefined {
  if (!watch) return undefined
  return async () => {
    recorder.saveGauges()
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the supervisor has written it
    const series = JSON.parse(await watch.series()) as Snapshot['series']
    return {
      at: Date.now(),
      endpoints: routes.map(({ path }) => path),
      slots: executor.slots,
      queuedRows: queuedRows(),
      buckets: watch.buckets,
      series,
      batches: watch.batches(),
    }
  }
}

/** Rendering JSON Schema is slow, and only few who call a service ever ask for it. */
function once<Value>(create: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: create() }).value
}
