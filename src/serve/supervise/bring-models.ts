import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveHome } from '../../config/home.ts'
import type { BentoModel } from '../../store/manifest.ts'
import { parseTag } from '../../store/tag.ts'
import type { ServeInput } from '../serving.ts'
import { verifyModel } from './verify-models.ts'

export interface BringInput extends Pick<ServeInput, 'path' | 'env' | 'say'> {
  readonly signal?: AbortSignal
}

/** What `dist/fetch-model.mjs` of a bento exports that was built without some model. */
interface Fetcher {
  fetchModel(input: {
    readonly tag: string
    readonly url: string
    readonly digest: string
    readonly folder: string
    readonly env: ServeInput['env']
    readonly report: (line: string) => void
    readonly signal?: AbortSignal
  }): Promise<void>
}

/** Whether all models that the bento was built without are on this machine. */
export async function hasAllModels(
  models: readonly BentoModel[],
  { env }: Pick<ServeInput, 'env'>,
): Promise<boolean> {
  for (const model of models) {
    if (model.source !== undefined && (await findHere(model, env)) === undefined) return false
  }
  return true
}

/** The models with the folders that they have on this machine; those that the bento lacks are fetched, once. */
export async function bringModels(
  models: readonly BentoModel[],
  input: BringInput,
): Promise<BentoModel[]> {
  const brought: BentoModel[] = []
  // One after another: two tags may stand for one model.
  for (const model of models) {
    const { source } = model
    const path = source === undefined ? model.path : await bring({ ...model, source }, input)
    brought.push({ ...model, path })
  }
  return brought
}

async function bring(
  model: BentoModel & { readonly source: string },
  { path, env, say, signal }: BringInput,
): Promise<string> {
  const here = await findHere(model, env)
  if (here !== undefined) return here
  const { tag, digest, source: url } = model
  const folder = cacheOf(model, env)
  const file = pathToFileURL(join(path, 'dist', 'fetch-model.mjs')).href
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because a build wrote it
  const fetcher = (await import(file)) as Fetcher
  say(`Fetching model ${tag} from ${url}`)
  const report = (line: string): void => say(`Model ${tag}: ${line}`)
  const wanted = { tag, url, digest, folder, env, report }
  await fetcher.fetchModel(signal === undefined ? wanted : { ...wanted, signal })
  return folder
}

/** Where a model lies whole: in this machine's store, or among what was fetched before. */
async function findHere(model: BentoModel, env: ServeInput['env']): Promise<string | undefined> {
  const { name, version = '' } = parseTag(model.tag)
  for (const folder of [join(resolveHome(env), 'models', name, version), cacheOf(model, env)]) {
    const isWhole = await verifyModel(folder, model).then(
      () => true,
      () => false,
    )
    if (isWhole) return folder
  }
  return undefined
}

function cacheOf({ digest }: BentoModel, env: ServeInput['env']): string {
  return join(resolveHome(env), 'cache', 'models', digest)
}
