import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BentoError, messageOf } from '../../errors.ts'
import { textAt } from '../../lib/records.ts'
import type { BentoEntry } from '../../store/bento-store.ts'
import { packTar } from '../../store/pack.ts'
import type { CloudApi } from './cloud-api.ts'

interface PushOptions {
  readonly report: (step: string) => void
  readonly signal?: AbortSignal | undefined
}

/** Sends a bento, models and all, unless it is there already, whole. */
export async function pushBento(
  api: CloudApi,
  bento: BentoEntry,
  options: PushOptions,
): Promise<void> {
  const { name, version } = bento.manifest
  const repository = `v1/bento_repositories/${name}`
  const path = `${repository}/bentos/${version}`
  if ((await api.find({ path: repository }, 'to show the repository')) === undefined) {
    const body = { name, description: '' }
    await api.require({ method: 'POST', path: 'v1/bento_repositories', body }, 'the repository')
  }
  const found = await api.find({ path }, 'to show the bento')
  if (textAt(found, 'upload_status') === 'success') return
  const folder = await mkdtemp(join(tmpdir(), 'bento-push-'))
  try {
    const file = join(folder, 'bento.tar')
    await packTar(bento.path, file)
    if (found === undefined) {
      const body = await describe(bento, file)
      await api.require({ method: 'POST', path: `${repository}/bentos`, body }, 'the bento')
    }
    await upload(api, { path, file, tag: `${name}:${version}` }, options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function describe({ manifest }: BentoEntry, file: string): Promise<object> {
  const { name, version, service, description, labels, apis, envs } = manifest
  const { size } = await stat(file)
  return {
    description,
    version,
    build_at: new Date().toISOString(),
    labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
    manifest: {
      name,
      version,
      service,
      entry_service: service,
      bentoml_version: manifest.bento_version,
      size_bytes: size,
      apis: Object.fromEntries(
        apis.map((api) => [api.name, { route: api.route, doc: '', input: '', output: '' }]),
      ),
      // Bentos carry their models: there are none to be fetched from beside.
      models: [],
      services: [],
      envs,
      schema: {},
    },
  }
}

interface Upload {
  readonly path: string
  readonly file: string
  readonly tag: string
}

async function upload(
  api: CloudApi,
  { path, file, tag }: Upload,
  { report, signal }: PushOptions,
): Promise<void> {
  report(`Pushing ${tag} to BentoCloud`)
  const presigned = await api.require(
    { method: 'PATCH', path: `${path}/presign_upload_url` },
    'to take the bento',
  )
  await api.require({ method: 'PATCH', path: `${path}/start_upload` }, 'to begin the upload')
  const finish = (status: string, reason: string): Promise<unknown> =>
    api.require(
      { method: 'PATCH', path: `${path}/finish_upload`, body: { status, reason } },
      'to end the upload',
    )
  try {
    const isProxy = textAt(presigned, 'transmission_strategy') === 'proxy'
    if (isProxy) await api.require({ method: 'PUT', path: `${path}/upload`, file }, 'the content')
    else await putFile(textAt(presigned, 'presigned_upload_url') ?? '', file, signal)
  } catch (error) {
    await finish('failed', messageOf(error)).catch(() => undefined)
    throw error
  }
  await finish('success', '')
}

async function putFile(url: string, file: string, signal?: AbortSignal): Promise<void> {
  const body = await openAsBlob(file)
  const sent = fetch(url, { method: 'PUT', body, ...(signal && { signal }) })
  const answer = await sent.catch((cause: unknown) => {
    throw new BentoError('DEPLOY_UNREACHABLE', `The bento cannot be sent: ${messageOf(cause)}`, {
      hint: 'Check the network, and try again.',
      cause,
    })
  })
  if (answer.status === 200) return
  throw new BentoError('DEPLOY_REFUSED', `The store of BentoCloud answered ${answer.status}`, {
    hint: 'Try again.',
  })
}
