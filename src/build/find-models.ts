import type { Bentofile, ListedModel } from '../config/bentofile.ts'
import { BentoError } from '../errors.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { formatTag, parseTag } from '../store/tag.ts'
import { requireLocked, type BentoLock } from './bento-lock.ts'

/** A model that a service needs: as it asks for it, and what that is today. */
export interface WantedModel {
  readonly requested: string
  readonly entry: ModelEntry
  /** Where its files come from at the start, when they stay out of the bento. */
  readonly source?: string
}

export interface FindModelsInput {
  readonly models: ModelStore
  /** Tags that the service asks for. */
  readonly asked: readonly string[]
  /** What the bentofile says of models. */
  readonly listed: Bentofile['models'] | undefined
  /** Tags stand for what they were when it was written. */
  readonly frozen?: BentoLock
  /** Brings a model from a remote into the store; absent: the store is all there is. */
  readonly pullModel?: (url: string) => Promise<unknown>
  readonly report: (line: string) => void
}

/** Finds every model in the store, or where the bentofile says that models are. Throws MODEL_NOT_FOUND, LOCK_DRIFTED. */
export async function findModels(input: FindModelsInput): Promise<WantedModel[]> {
  const { asked, listed, frozen } = input
  const include = listed?.include ?? []
  const tags = [...new Set([...asked, ...include.map(({ tag }) => tag)])].toSorted()
  const found: Found[] = []
  // One after another: two tags may lead to one pull.
  for (const requested of tags) {
    const own = include.find(({ tag }) => tag === requested)
    const remote = own?.remote ?? listed?.remote
    const tag = frozen === undefined ? requested : requireLocked(frozen, requested).tag
    const entry = await findModel(input, tag, remote)
    if (frozen !== undefined) await noteNewer(input, requested, entry)
    found.push({ requested, entry, remote })
  }
  const unpacked = include.filter(({ packed }) => !packed)
  return found.map((one) => withSource(one, isUnpacked(one, found, unpacked)))
}

interface Found {
  readonly requested: string
  readonly entry: ModelEntry
  readonly remote: string | undefined
}

async function findModel(
  { models, pullModel, report }: FindModelsInput,
  tag: string,
  remote: string | undefined,
): Promise<ModelEntry> {
  const found = await models.find(tag)
  if (found !== undefined || remote === undefined || pullModel === undefined) {
    return found ?? models.require(tag)
  }
  const url = urlOf(remote, tag)
  report(`pulling ${tag} from ${url}`)
  await pullModel(url)
  return models.require(tag)
}

/** As `bento models push TAG REMOTE/NAME` puts it there. */
function urlOf(remote: string, tag: string): string {
  return `${remote}/${formatTag(parseTag(tag))}`
}

async function noteNewer(
  { models, report }: FindModelsInput,
  requested: string,
  { tag }: ModelEntry,
): Promise<void> {
  const today = await models.find(requested)
  if (today === undefined || today.tag === tag) return
  report(`warning: bento.lock holds "${requested}" at ${tag}; in the store it is ${today.tag} now`)
}

/** A model is in the bento or not, whatever tag it is asked for by. */
function isUnpacked(
  { entry }: Found,
  all: readonly Found[],
  unpacked: readonly ListedModel[],
): boolean {
  return all.some(
    (one) => one.entry.tag === entry.tag && unpacked.some(({ tag }) => tag === one.requested),
  )
}

function withSource({ remote, ...model }: Found, isLeftOut: boolean): WantedModel {
  if (!isLeftOut) return model
  if (remote !== undefined) return { ...model, source: urlOf(remote, model.entry.tag) }
  throw new BentoError(
    'BENTOFILE_INVALID',
    `"${model.requested}" is ${model.entry.tag}, which is not packed, and nothing says where it comes from`,
    { hint: 'Say it for all in models.remote.' },
  )
}
