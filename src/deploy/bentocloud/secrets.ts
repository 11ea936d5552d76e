import { BentoError } from '../../errors.ts'
import { listAt, numberAt, textAt } from '../../lib/records.ts'
import type { CloudApi } from './cloud-api.ts'

/** A secret of BentoCloud; its values are never read back. */
export interface CloudSecret {
  readonly name: string
  readonly type: string
  readonly stage: string
  readonly path: string | null
  readonly keys: readonly string[]
  readonly created_at: string
}

export interface SecretInput {
  readonly name: string
  readonly description: string
  readonly cluster?: string
  readonly type: 'env' | 'file'
  readonly stage: 'build' | 'runtime' | 'all'
  readonly path?: string
  readonly items: readonly { readonly key: string; readonly value: string }[]
}

const route = 'v1/org_secrets'
const page = 100

export async function listSecrets(api: CloudApi, search?: string): Promise<CloudSecret[]> {
  const found: unknown[] = []
  for (;;) {
    const asked = { start: String(found.length), count: String(page) }
    const query = { ...asked, ...(search !== undefined && { search }) }
    const answer = await api.require({ path: route, query }, 'to list secrets')
    const items = listAt(answer, 'items')
    found.push(...items)
    if (items.length === 0 || found.length >= (numberAt(answer, 'total') ?? 0)) break
  }
  return found.map(readSecret)
}

function readSecret(one: unknown): CloudSecret {
  return {
    name: textAt(one, 'name') ?? '',
    type: textAt(one, 'content', 'type') ?? '',
    stage: textAt(one, 'content', 'stage') ?? '-',
    path: textAt(one, 'content', 'path') ?? null,
    keys: listAt(one, 'content', 'items').map((item) => textAt(item, 'key') ?? ''),
    created_at: textAt(one, 'created_at') ?? '',
  }
}

export async function createSecret(api: CloudApi, secret: SecretInput): Promise<void> {
  const body = { name: secret.name, ...render(secret) }
  await api.require({ method: 'POST', path: route, body }, 'the secret')
}

/** Its keys are replaced as a whole. */
export async function applySecret(api: CloudApi, secret: SecretInput): Promise<void> {
  const path = `${route}/${secret.name}`
  const found = await api.find({ method: 'PATCH', path, body: render(secret) }, 'the secret')
  if (found === undefined) throw notFound(secret.name)
}

export async function deleteSecret(api: CloudApi, name: string): Promise<void> {
  const found = await api.find({ method: 'DELETE', path: `${route}/${name}` }, 'to delete it')
  if (found === undefined) throw notFound(name)
}

function render({ description, cluster, type, stage, path, items }: SecretInput): object {
  const isFile = type === 'file'
  // As BentoML: where nothing else is said, the files are in the home folder of the server.
  const where = isFile ? { path: path ?? '$BENTOML_HOME' } : {}
  const content = { type: isFile ? 'mountfile' : 'env', stage, items, ...where }
  return { description, content, ...(cluster !== undefined && { cluster }) }
}

function notFound(name: string): BentoError {
  return new BentoError('DEPLOYMENT_NOT_FOUND', `There is no secret "${name}" on BentoCloud`, {
    hint: 'Run `bento secret list`.',
  })
}
