import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { resolveHome } from '../../config/home.ts'
import { parseYaml } from '../../config/yaml-source.ts'
import { BentoError, isSystemError } from '../../errors.ts'
import { writeAtomically } from '../../lib/files.ts'

type Env = Readonly<Record<string, string | undefined>>

/** An account of BentoCloud, as `bento cloud login` keeps it. */
export interface CloudContext {
  readonly name: string
  readonly endpoint: string
  readonly api_token: string
  readonly email: string
}

interface Contexts {
  readonly current: string
  readonly contexts: readonly CloudContext[]
}

const schema = z.object({
  current: z.string(),
  contexts: z.array(
    z.object({
      name: z.string(),
      endpoint: z.string(),
      api_token: z.string(),
      email: z.string(),
    }),
  ),
})

const publicEndpoint = 'https://cloud.bentoml.com'

export function endpointOf(env: Env): string {
  return env['BENTO_CLOUD_API_ENDPOINT'] || publicEndpoint
}

function fileOf(env: Env): string {
  return join(resolveHome(env), 'cloud.yaml')
}

export async function readContexts(env: Env): Promise<Contexts> {
  const file = fileOf(env)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return { current: 'default', contexts: [] }
  const { value } = await parseYaml(text, file, 'CONFIG_INVALID')
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  throw new BentoError('CONFIG_INVALID', `"${file}" is not as \`bento cloud login\` wrote it`, {
    hint: 'Delete it, and log in again.',
  })
}

/** Keeps an account and makes it the current one; nobody else may read the file. */
export async function saveContext(env: Env, context: CloudContext): Promise<void> {
  const { contexts } = await readContexts(env)
  const others = contexts.filter(({ name }) => name !== context.name)
  await write(env, { current: context.name, contexts: [...others, context] })
}

export async function useContext(env: Env, name: string): Promise<void> {
  const { contexts } = await readContexts(env)
  if (!contexts.some((one) => one.name === name)) throw unknown(name, contexts)
  await write(env, { current: name, contexts })
}

/** Of the environment, else by name, else the current one. Throws CREDENTIALS_MISSING. */
export async function requireContext(env: Env, name?: string): Promise<CloudContext> {
  const token = env['BENTO_CLOUD_API_KEY']
  if (token && name === undefined) {
    return { name: '__env__', endpoint: endpointOf(env), api_token: token, email: '' }
  }
  const { current, contexts } = await readContexts(env)
  const found = contexts.find((one) => one.name === (name ?? current))
  if (found !== undefined) return found
  if (name !== undefined) throw unknown(name, contexts)
  throw new BentoError('CREDENTIALS_MISSING', 'Nobody is logged in to BentoCloud', {
    hint: 'Run `bento cloud login`, or set BENTO_CLOUD_API_KEY.',
  })
}

async function write(env: Env, contexts: Contexts): Promise<void> {
  const { stringify } = await import('yaml')
  await mkdir(resolveHome(env), { recursive: true })
  await writeAtomically(fileOf(env), stringify(contexts), 0o600)
}

function unknown(name: string, contexts: readonly CloudContext[]): BentoError {
  const known = contexts.map((one) => one.name).join(', ') || 'none'
  return new BentoError('CREDENTIALS_MISSING', `There is no context "${name}" of BentoCloud`, {
    hint: `There are: ${known}. \`bento cloud login --context ${name}\` makes it.`,
  })
}
