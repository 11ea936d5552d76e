import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../../aws/credentials.ts'
import { containerize } from '../../containerize/containerize.ts'
import { BentoError } from '../../errors.ts'
import { isRecord, listAt, textAt, valueAt } from '../../lib/records.ts'
import { type AwsApi, requireOk } from '../aws/api.ts'
import type { ImageSource } from '../target.ts'

export interface PublishImageOptions {
  readonly source: ImageSource
  readonly repository: string
  readonly architecture: string
  /** Absent: the default of `bento containerize`. */
  readonly base: string | undefined
  readonly env: Env
  readonly cwd: string
  readonly report: (step: string) => void
  readonly signal?: AbortSignal
}

/** Makes the image of a bento without an engine, pushes it to ECR, and gives its name by digest. */
export async function publishImage(api: AwsApi, options: PublishImageOptions): Promise<string> {
  const { source, repository, base, report } = options
  const uri = await requireRepository(api, repository)
  report(`Logging in to ECR`)
  const login = await writeLogin(await logIn(api), uri, options.env)
  try {
    const image = await containerize({
      ...options,
      bento: source.bento,
      backend: 'oci',
      names: [`${uri}:${source.bento.version}`],
      platforms: [options.architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64'],
      options: base === undefined ? [] : [`base=${base}`],
      labels: {},
      buildArgs: {},
      useCache: true,
      isPushed: true,
      isInsecure: false,
      env: { ...options.env, DOCKER_CONFIG: login },
      home: source.home,
      arch: source.arch,
    })
    return `${uri}@${image.digest}`
  } finally {
    await rm(login, { recursive: true, force: true })
  }
}

const ecr = 'AmazonEC2ContainerRegistry_V20150921'

async function requireRepository(api: AwsApi, name: string): Promise<string> {
  const found = await api.json('ecr', `${ecr}.DescribeRepositories`, { repositoryNames: [name] })
  if (found.error === '') return uriOf(valueAt(found.body, 'repositories', 0))
  if (found.error !== 'RepositoryNotFoundException') requireOk(found, 'to show the repository')
  const made = await api.json('ecr', `${ecr}.CreateRepository`, { repositoryName: name })
  // Another deploy may have been faster.
  if (made.error === 'RepositoryAlreadyExistsException') return requireRepository(api, name)
  return uriOf(valueAt(requireOk(made, 'to create the repository'), 'repository'))
}

function uriOf(repository: unknown): string {
  return textAt(repository, 'repositoryUri') ?? ''
}

/** The registry's user and password, as Docker's config writes them. */
async function logIn(api: AwsApi): Promise<string> {
  const answer = await api.json('ecr', `${ecr}.GetAuthorizationToken`, {})
  const [data] = listAt(requireOk(answer, 'to log in to ECR'), 'authorizationData')
  const token = textAt(data, 'authorizationToken')
  if (token !== undefined) return token
  throw new BentoError('DEPLOY_REFUSED', 'ECR gives no token to log in with', {
    hint: 'Give the user or role the right ecr:GetAuthorizationToken in IAM.',
  })
}

/** Lays the login over Docker's own config, which the base may need; nothing of it stays on this machine. */
async function writeLogin(auth: string, uri: string, env: Env): Promise<string> {
  const own = join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json')
  const text = await readFile(own, 'utf8').catch(() => '{}')
  const config: unknown = JSON.parse(text)
  const auths = valueAt(config, 'auths')
  const folder = await mkdtemp(join(tmpdir(), 'bento-ecr-'))
  const host = uri.split('/')[0] ?? ''
  const merged = {
    ...(isRecord(config) ? config : {}),
    auths: { ...(isRecord(auths) ? auths : {}), [host]: { auth } },
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(merged), { mode: 0o600 })
  return folder
}
