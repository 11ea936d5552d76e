import { BentoError } from '../../errors.ts'
import { byCodeUnit } from '../../lib/order.ts'
import { textAt, valueAt } from '../../lib/records.ts'
import type { AwsApi } from '../aws/api.ts'
import type { DeploymentSpec } from '../spec.ts'
import type {
  Applied,
  ApplyOptions,
  Change,
  Connection,
  ConnectOptions,
  DeploymentStatus,
  LogLine,
  LogOptions,
} from '../target.ts'
import { applyFunction } from './apply.ts'
import { bentoOf } from './function-config.ts'
import { Functions } from './functions.ts'
import { liveAlias } from './live-alias.ts'
import { readLogs } from './logs.ts'
import { planFunction } from './plan.ts'
import { isOurs, statusOf, timeOf } from './status.ts'

type Setting = Pick<ConnectOptions, 'env' | 'cwd' | 'report' | 'signal'>
type Revisions = NonNullable<DeploymentStatus['revisions']>

/** Lambda in one region of one account. */
export class LambdaConnection implements Connection {
  readonly #api: AwsApi
  readonly #functions: Functions
  readonly #setting: Setting

  constructor(api: AwsApi, setting: Setting) {
    this.#api = api
    this.#functions = new Functions(api)
    this.#setting = setting
  }

  plan(spec: DeploymentSpec): Promise<readonly Change[]> {
    return planFunction(spec, this.#functions)
  }

  async apply(spec: DeploymentSpec, options: ApplyOptions): Promise<Applied> {
    const setting = { ...this.#setting, ...options, api: this.#api, functions: this.#functions }
    const done = await applyFunction(spec, setting)
    return { name: spec.name, ...done, pruned: [], status: await this.get(spec.name) }
  }

  async list(): Promise<readonly DeploymentStatus[]> {
    const ours = (await this.#functions.all()).filter(isOurs)
    return ours.map((config) => statusOf({ config })).toSorted((a, b) => byCodeUnit(a.name, b.name))
  }

  async get(name: string): Promise<DeploymentStatus> {
    const found = await this.#require(name)
    const alias = await this.#functions.findAlias(name, liveAlias)
    const url = await this.#functions.findUrl(name, liveAlias)
    const version = versionOf(textAt(alias, 'FunctionVersion'))
    const revisions = await this.#revisions(name, version)
    const image = textAt(found, 'Code', 'ImageUri')
    const config = valueAt(found, 'Configuration')
    const live = revisions.find(({ revision }) => revision === version)
    return {
      ...statusOf({ config, image, version, url: textAt(url, 'FunctionUrl') ?? null }),
      bento: live?.bento ?? bentoOf(textAt(config, 'Description')),
      revisions,
    }
  }

  async logs(name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
    await this.#require(name)
    return readLogs(this.#api, name, { ...options, signal: this.#setting.signal })
  }

  /** Moves the alias: the version that ran before is still there, whole. */
  async rollback(
    name: string,
    options: ApplyOptions & { readonly revision?: number },
  ): Promise<Applied> {
    const before = await this.get(name)
    const { revision } = pickRevision(before, options.revision)
    await this.#functions.moveAlias(name, liveAlias, { FunctionVersion: String(revision) })
    const changed = [`Alias/${liveAlias}`]
    return { name, revision, changed, pruned: [], status: await this.get(name) }
  }

  async delete(name: string): Promise<readonly string[]> {
    await this.#require(name)
    await this.#functions.remove(name)
    return [`Function/${name}`]
  }

  close(): void {
    // Nothing is held open.
  }

  async #revisions(name: string, live: number | null): Promise<Revisions> {
    const versions = await this.#functions.versions(name)
    return versions.map((version) => {
      const revision = versionOf(textAt(version, 'Version')) ?? 0
      return {
        revision,
        bento: bentoOf(textAt(version, 'Description')),
        image: textAt(version, 'CodeSha256') ?? '',
        status: revision === live ? 'deployed' : 'superseded',
        at: timeOf(textAt(version, 'LastModified')),
      }
    })
  }

  async #require(name: string): Promise<unknown> {
    const found = await this.#functions.find(name)
    if (found !== undefined && isOurs(valueAt(found, 'Configuration'))) return found
    throw new BentoError(
      'DEPLOYMENT_NOT_FOUND',
      `There is no deployment "${name}" on Lambda in ${this.#api.region}`,
      { hint: 'Run `bento deployment list -t lambda` to see what there is; --region says where.' },
    )
  }
}

function versionOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}

function pickRevision(
  { name, revision: live, revisions = [] }: DeploymentStatus,
  wanted: number | undefined,
): Revisions[number] {
  const found =
    wanted === undefined
      ? revisions.findLast(({ revision }) => revision < (live ?? 0))
      : revisions.find(({ revision }) => revision === wanted)
  if (found !== undefined) return found
  const which = wanted === undefined ? 'version to go back to' : `version ${wanted}`
  const known = revisions.map(({ revision }) => revision).join(', ')
  throw new BentoError('DEPLOYMENT_NOT_FOUND', `"${name}" has no ${which}`, {
    hint: known === '' ? 'Deploy it again.' : `Name one with --revision; there are ${known}.`,
  })
}
