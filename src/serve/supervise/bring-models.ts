import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveHome } from '../../config/home.ts'
import type { ModelInfo } from '../../service/model-host.ts'
import type { BentoModel } from '../../store/manifest.ts'
import { parseTag } from '../../store/tag.ts'
import type { ServeInput } from '../serving.ts'
import { verifyModel } from './verify-models.ts'

export interface BringInput extends Pick<ServeInput, 'path' | 'env' | 'say'> {
  readonly verified: Verified
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

/** What was stored with models that have been held against their digest, by their folder. */
export type Verified = ReadonlyMap<string, ModelInfo>

export interface Found {
  readonly verified: Verified
  /** Nothing has to be fetched. */
  readonly isComplete: boolean
}

/** Looks on this machine for the models that a bento was built without: each is read once. */
export async function findModels(
  models: readonly BentoModel[],
  { env }: Pick<ServeInput, 'env'>,
): Promise<Found> {
  const verified = new Map<string, ModelInfo>()
  let isComplete = true
  for (const model of models) {
    if (model.source !== undefined) isComplete = (await find(model, env, verified)) && isComplete
  }
  return { verified, isComplete }
}

/** In this machine's store, or among what was fetched before. */
async function find(
  model: BentoModel,
  env: ServeInput['env'],
  verified: Map<string, ModelInfo>,
): Promise<boolean> {
  for (const folder of placesOf(model, env)) {
    const info = verified.get(folder) ?? (await verifyModel(folder, model).catch(() => undefined))
    if (info === undefined) continue
    verified.set(folder, info)
    return true
  }
  return false
}

/** The models with the folders that they have on this machine; those that neither it nor the bento has are fetched. */
export async function bringModels(
  models: readonly BentoModel[],
  input: BringInput,
): Promise<BentoModel[]> {
  const fetched = new Set<string>()
  const brought: BentoModel[] = []
  // One after another: two tags may stand for one model.
  for (const model of models) {
    const { source } = model
    const path =
      source === undefined ? model.path : await bring({ ...model, source }, input, fetched)
    brought.push({ ...model, path })
  }
  return brought
}

async function bring(
  model: BentoModel & { readonly source: string },
  { path, env, say, signal, verified }: BringInput,
  fetched: Set<string>,
): Promise<string> {
  const here = placesOf(model, env).find((place) => verified.has(place) || fetched.has(place))
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
  fetched.add(folder)
  return folder
}

function placesOf(model: BentoModel, env: ServeInput['env']): string[] {
  const { name, version = '' } = parseTag(model.tag)
  return [join(resolveHome(env), 'models', name, version), cacheOf(model, env)]
}

function cacheOf({ digest }: BentoModel, env: ServeInput['env']): string {
  return join(resolveHome(env), 'cache', 'models', digest)
}
