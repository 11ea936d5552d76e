import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CloudApi } from '../../deploy/bentocloud/cloud-api.ts'
import type { SecretInput } from '../../deploy/bentocloud/secrets.ts'
import { BentoError } from '../../errors.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import type { Session } from '../context.ts'
import { outputFlag } from '../output-flag.ts'

export const contextFlag = {
  context: {
    type: 'text',
    metavar: 'NAME',
    description: 'Account of `bento cloud login` (default: the current one)',
  },
} as const

export const nameOfSecret = { description: 'Name of the secret', completes: 'nothing' } as const

export const secretPositionals = {
  name: nameOfSecret,
  pairs: {
    description: 'KEY=VALUE; KEY=@FILE takes the value from a file',
    many: true,
    optional: true,
    completes: 'nothing',
  },
} as const

export const secretFlags = {
  ...contextFlag,
  description: { type: 'text', short: 'd', metavar: 'TEXT', description: 'What it is for' },
  type: {
    type: 'choice',
    short: 't',
    choices: ['env', 'file'],
    default: 'env',
    description: 'Whether its keys become variables or files',
  },
  stage: {
    type: 'choice',
    short: 's',
    choices: ['runtime', 'build', 'all'],
    default: 'runtime',
    description: 'When it is there',
  },
  cluster: { type: 'text', metavar: 'NAME', description: 'Cluster (default: the first)' },
  path: { type: 'text', short: 'p', metavar: 'PATH', description: 'Folder of its files' },
  output: outputFlag,
} as const

interface SecretFlags {
  readonly description?: string | undefined
  readonly type: 'env' | 'file'
  readonly stage: 'runtime' | 'build' | 'all'
  readonly cluster?: string | undefined
  readonly path?: string | undefined
}

export async function readSecret(
  { name, pairs }: { readonly name: string; readonly pairs: readonly string[] },
  { description = '', type, stage, cluster, path }: SecretFlags,
  { cwd }: Session,
): Promise<SecretInput> {
  if (pairs.length === 0) throw invalid('A secret needs at least one KEY=VALUE')
  const items = await Promise.all(pairs.map((pair) => readPair(pair, cwd)))
  return { name, description, type, stage, items, ...withoutUndefined({ cluster, path }) }
}

export function withoutValues({ name, type, stage, path, items }: SecretInput): object {
  return { name, type, stage, path: path ?? null, keys: items.map(({ key }) => key) }
}

async function readPair(pair: string, cwd: string): Promise<{ key: string; value: string }> {
  const [key = '', ...rest] = pair.split('=')
  const given = rest.join('=')
  // The pair itself may be the secret: it is not shown.
  if (key === '' || given === '') throw invalid('Each pair must be KEY=VALUE, with neither empty')
  if (!given.startsWith('@')) return { key, value: given }
  const file = resolve(cwd, given.slice(1))
  const value = await readFile(file, 'utf8').catch((cause: unknown) => {
    const hint = 'Name a file that you may read.'
    throw new BentoError('FILE_NOT_FOUND', `Cannot read "${file}" for ${key}`, { hint, cause })
  })
  return { key, value }
}

function invalid(message: string): BentoError {
  return new BentoError('USAGE', message, { hint: 'As `bento secret create db URL=postgres://…`.' })
}

export async function openCloud(name: string | undefined, { env }: Session): Promise<CloudApi> {
  const { requireContext } = await import('../../deploy/bentocloud/contexts.ts')
  const { CloudApi: Api } = await import('../../deploy/bentocloud/cloud-api.ts')
  return new Api(await requireContext(env, name))
}
