import { mergeOptions, type ServeOptions } from '../config/service-options.ts'
import { BentoError } from '../errors.ts'
import { seededRandom } from '../load/seeded-random.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { Curve } from '../tune/advise.ts'
import {
  type BatchedApi,
  type Effort,
  measureMethod,
  measuringOptions,
} from '../tune/measure-methods.ts'
import { measureModels } from '../tune/measure-models.ts'
import type { Session } from './context.ts'
import type { Source } from './open-source.ts'
import { readOptions } from './read-options.ts'
import { chooseRequest } from './requests.ts'
import { fetchDocument, startService } from './running-service.ts'

/** What to measure, and how much. */
export interface Asked {
  readonly source: Source
  readonly endpoint: string | undefined
  readonly body: string | undefined
  readonly header: Readonly<Record<string, string>>
  readonly effort: Effort
}

/** The curves of what the service batches. Throws USAGE where that is nothing. */
export async function measureBatches(asked: Asked, session: Session): Promise<Curve[]> {
  const { source, endpoint, effort } = asked
  const { manifest, options } = await readOptions(source.path, {}, session)
  const methods = await measureMethods({ ...asked, manifest, options }, session)
  if (endpoint !== undefined) return methods
  const onModel = (requested: string): void => session.out.step(`Measuring the model ${requested}`)
  const random = seededRandom(1)
  const models = await measureModels({ ...source, manifest, options, random, onModel }, effort)
  const curves = [...methods, ...models]
  if (curves.length > 0) return curves
  throw new BentoError('USAGE', `Nothing of "${manifest.service}" is batched`, {
    hint: 'Set `batchable: true` in `@api`, or save a model with a batchable signature.',
  })
}

interface Measuring extends Asked {
  readonly manifest: BentoManifest
  readonly options: ServeOptions
}

async function measureMethods(given: Measuring, session: Session): Promise<Curve[]> {
  const { manifest, endpoint, effort, source } = given
  const apis = manifest.apis.filter((api) => api.batchable && isMeant(api, endpoint))
  if (apis.length === 0) return endpoint === undefined ? [] : refuse(endpoint, manifest)
  const own = measuringOptions(apis, effort.upTo)
  const overrides = { services: { [manifest.service]: mergeOptions({ ...given.options }, own) } }
  const env = { ...session.env, BENTO_CONFIG_OVERRIDES: JSON.stringify(overrides) }
  const service = await startService(source, { ...session, env })
  try {
    const document = await fetchDocument({ url: service.url, headers: given.header }, '/docs.json')
    const curves: Curve[] = []
    for (const api of apis) {
      session.out.step(`Measuring ${api.route}`)
      const bodies = given.body === undefined ? undefined : [given.body]
      const {
        route,
        bodies: [body = ''],
      } = chooseRequest(document, api.route, bodies)
      const caller = { url: service.url, route, body, headers: given.header }
      curves.push(await measureMethod(api, caller, effort))
    }
    return curves
  } finally {
    await service.close()
  }
}

function isMeant({ name, route }: BatchedApi, endpoint?: string): boolean {
  return endpoint === undefined || [name, route, route.slice(1)].includes(endpoint)
}

function refuse(endpoint: string, { apis }: BentoManifest): never {
  const batched = apis.filter((api) => api.batchable).map(({ route }) => route)
  throw new BentoError('USAGE', `No batchable method has the route "${endpoint}"`, {
    hint: batched.length === 0 ? 'No method is batchable.' : `Name one of ${batched.join(', ')}.`,
  })
}
