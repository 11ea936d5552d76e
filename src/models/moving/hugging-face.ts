import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BentoError, messageOf } from '../../errors.ts'
import { list, object, text } from '../../lib/shape.ts'

type Env = Readonly<Record<string, string | undefined>>

/** As in `hf://org/name@revision/onnx/model.onnx`. */
export interface HubReference {
  /** `org/name`, or `name` alone. */
  readonly repository: string
  readonly revision: string
  /** Which of its files; empty where it has one model. */
  readonly path: string
}

export interface HubModel {
  readonly repository: string
  /** The commit that the revision meant. */
  readonly commit: string
  /** The model's file, on this machine. */
  readonly file: string
  readonly companions: readonly string[]
}

const defaultEndpoint = 'https://huggingface.co'
const prefix = 'hf://'

/** Undefined for what is no `hf://` reference. Throws USAGE. */
export function parseHubReference(reference: string): HubReference | undefined {
  if (!reference.startsWith(prefix)) return undefined
  const pattern = /^([\w.-]+(?:\/[\w.-]+)?)(?:@([\w.-]+))?(?:\/(.+))?$/
  const [, repository, revision = 'main', path = ''] =
    pattern.exec(reference.slice(prefix.length)) ?? []
  const isSafe = !path.split('/').some((segment) => segment === '..' || segment === '.')
  if (repository !== undefined && isSafe) return { repository, revision, path }
  throw new BentoError('USAGE', `"${reference}" does not name a model of the hub`, {
    hint: 'Write it as hf://org/name@revision, with /path/model.onnx where it has several.',
  })
}

/** Downloads a model of the hub into a folder. What is read is of one commit, whatever is pushed meanwhile. */
export async function downloadFromHub(
  reference: HubReference,
  { folder, env }: { readonly folder: string; readonly env: Env },
): Promise<HubModel> {
  const hub = new Hub(env)
  const { sha, siblings } = await hub.describe(reference)
  const paths = siblings.map(({ rfilename }) => rfilename)
  const main = chooseFile(reference, paths)
  const others = paths.filter((path) => belongsTo(path, main))
  for (const path of [main, ...others]) {
    await hub.download({ ...reference, revision: sha, path }, join(folder, path))
  }
  const companions = others.filter((path) => companionNames.has(basename(path)))
  return {
    repository: reference.repository,
    commit: sha,
    file: join(folder, main),
    companions: companions.map((path) => join(folder, path)),
  }
}

const companionNames = new Set(['tokenizer.json', 'config.json', 'preprocessor_config.json'])

/** Tensors that are kept beside the model, and what its tokens and images are made with. */
function belongsTo(path: string, main: string): boolean {
  if (path === `${main}_data` || path === `${main}.data`) return true
  return companionNames.has(path)
}

const modelFiles = /\.(?:onnx|ubj)$|(?:^|\/)model\.(?:json|txt)$/

function chooseFile({ repository, path }: HubReference, paths: readonly string[]): string {
  if (path !== '') {
    if (paths.includes(path)) return path
    throw new BentoError('MODEL_NOT_FOUND', `"${repository}" has no file "${path}"`, {
      hint: `Use one of these: ${paths.filter((each) => modelFiles.test(each)).join(', ')}.`,
    })
  }
  const models = paths.filter((each) => modelFiles.test(each))
  const [only, ...more] = models
  if (only !== undefined && more.length === 0) return only
  const what = only === undefined ? 'no model that bento reads' : `several models`
  throw new BentoError('MODEL_NOT_FOUND', `"${repository}" has ${what}`, {
    hint:
      only === undefined
        ? 'Export it to ONNX, and import that file.'
        : `Name one of them: ${models.map((each) => `hf://${repository}/${each}`).join(', ')}.`,
  })
}

const description = object({ sha: text, siblings: list(object({ rfilename: text })) })

class Hub {
  readonly #endpoint: string
  readonly #token: string | undefined

  constructor(env: Env) {
    this.#endpoint = (env['HF_ENDPOINT'] ?? defaultEndpoint).replace(/\/+$/, '')
    this.#token = env['HF_TOKEN']
  }

  async describe({ repository, revision }: HubReference): Promise<ReturnType<typeof description>> {
    const response = await this.#get(`/api/models/${repository}/revision/${escape(revision)}`)
    return description(await response.json(), '')
  }

  async download({ repository, revision, path }: HubReference, target: string): Promise<void> {
    const encoded = path.split('/').map(escape).join('/')
    const { body } = await this.#get(`/${repository}/resolve/${revision}/${encoded}`)
    await mkdir(dirname(target), { recursive: true })
    await pipeline(Readable.from(body ?? []), createWriteStream(target, { flags: 'wx' }))
  }

  async #get(path: string): Promise<Response> {
    const url = `${this.#endpoint}${path}`
    const headers = this.#token ? { authorization: `Bearer ${this.#token}` } : {}
    const response = await fetch(url, { headers }).catch((error: unknown) => {
      throw failed(url, messageOf(error), error)
    })
    if (response.ok) return response
    await response.body?.cancel()
    throw failed(url, `it answered ${response.status}`)
  }
}

function escape(segment: string): string {
  return encodeURIComponent(segment)
}

function failed(url: string, reason: string, cause?: unknown): BentoError {
  return new BentoError('HUB_FAILED', `"${url}" cannot be read: ${reason}`, {
    hint: 'Check the name and the revision; set HF_TOKEN for a private model, HF_ENDPOINT for a mirror.',
    ...(cause === undefined ? {} : { cause }),
  })
}
