import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { parseYaml } from '../../config/yaml-source.ts'
import { BentoError, isSystemError } from '../../errors.ts'
import { isRecord, listAt, textAt, valueAt } from '../../lib/records.ts'
import { execCredential } from './exec-credential.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where a cluster is, and who we are there. */
export interface ClusterAccess {
  readonly server: URL
  /** To name it to a person: the context, or `in-cluster`. */
  readonly name: string
  readonly namespace: string
  /** PEM of who signs the server's certificate; undefined: those that Node trusts. */
  ca(): Promise<string | undefined>
  readonly isInsecure: boolean
  /** Name in the server's certificate, when it is not the address. */
  readonly serverName: string | undefined
  /** Asks anew each time: tokens run out. */
  credential(): Promise<Credential>
}

export interface Credential {
  readonly authorization?: string
  readonly cert?: string
  readonly key?: string
}

export interface AccessOptions {
  readonly env: Env
  readonly context?: string
}

/** As kubectl finds it: $KUBECONFIG, ~/.kube/config, the pod's own service account. Throws CREDENTIALS_MISSING. */
export async function findAccess(options: AccessOptions): Promise<ClusterAccess> {
  const files = kubeconfigFiles(options.env)
  const documents = (await Promise.all(files.map(readKubeconfig))).filter(
    (one) => one !== undefined,
  )
  if (documents.length > 0) return accessOf(documents, options)
  const host = options.env['KUBERNETES_SERVICE_HOST']
  if (host !== undefined && host !== '') return inCluster(host, options.env)
  throw missing(`There is no kubeconfig at ${files.map((file) => `"${file}"`).join(', ')}`)
}

function missing(message: string, hint?: string): BentoError {
  return new BentoError('CREDENTIALS_MISSING', message, {
    hint:
      hint ??
      'Set KUBECONFIG to the path of a kubeconfig, or log in with the tool of your cluster.',
  })
}

function kubeconfigFiles(env: Env): string[] {
  const given = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  return given.length > 0 ? given : [join(env['HOME'] || homedir(), '.kube', 'config')]
}

/** One kubeconfig, and the folder that the paths in it start from. */
interface Kubeconfig {
  readonly folder: string
  readonly value: unknown
}

async function readKubeconfig(file: string): Promise<Kubeconfig | undefined> {
  try {
    const { value } = await parseYaml(await readFile(file, 'utf8'), file)
    return isRecord(value) ? { folder: dirname(resolve(file)), value } : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

function accessOf(documents: readonly Kubeconfig[], options: AccessOptions): ClusterAccess {
  const { name, link } = requireContext(documents, options.context)
  const cluster = findNamed(documents, 'clusters', textAt(link, 'cluster') ?? '')
  const user = findNamed(documents, 'users', textAt(link, 'user') ?? '')
  const settings = valueAt(cluster?.entry, 'cluster')
  const folder = cluster?.folder ?? ''
  return {
    server: requireServer(name, settings),
    name,
    namespace: textAt(link, 'namespace') || 'default',
    ca: () => contentOf(folder, settings, certificateAuthority),
    isInsecure: valueAt(settings, 'insecure-skip-tls-verify') === true,
    serverName: textAt(settings, 'tls-server-name'),
    credential: () => credentialOf(user, { name, env: options.env }),
  }
}

const certificateAuthority = { data: 'certificate-authority-data', file: 'certificate-authority' }

function requireContext(
  documents: readonly Kubeconfig[],
  wanted: string | undefined,
): { readonly name: string; readonly link: unknown } {
  const current = firstOf(documents, ({ value }) => textAt(value, 'current-context') || undefined)
  const name = wanted ?? current
  if (name === undefined) {
    throw missing('The kubeconfig has no current context', 'Name one with --context.')
  }
  const found = findNamed(documents, 'contexts', name)
  if (found !== undefined) return { name, link: valueAt(found.entry, 'context') }
  const known = documents.flatMap(({ value }) =>
    listAt(value, 'contexts').map((one) => textAt(one, 'name')),
  )
  throw missing(`The kubeconfig has no context "${name}"`, `Use one of: ${known.join(', ')}.`)
}

function requireServer(name: string, settings: unknown): URL {
  const server = textAt(settings, 'server')
  if (server === undefined || !URL.canParse(server)) {
    throw missing(`The context "${name}" names no cluster with a server`, 'Correct the kubeconfig.')
  }
  if (textAt(settings, 'proxy-url') !== undefined) {
    throw missing(`The cluster of "${name}" is behind a proxy`, 'Remove proxy-url: it is not read.')
  }
  return new URL(server)
}

function firstOf<T>(
  documents: readonly Kubeconfig[],
  read: (one: Kubeconfig) => T | undefined,
): T | undefined {
  for (const one of documents) {
    const value = read(one)
    if (value !== undefined) return value
  }
  return undefined
}

interface Named {
  readonly folder: string
  readonly entry: unknown
}

// Of several files the first that has a name wins, as with kubectl.
function findNamed(
  documents: readonly Kubeconfig[],
  list: string,
  name: string,
): Named | undefined {
  return firstOf(documents, ({ folder, value }) => {
    const entry = listAt(value, list).find((one) => textAt(one, 'name') === name)
    return entry === undefined ? undefined : { folder, entry }
  })
}

async function credentialOf(
  user: Named | undefined,
  { name, env }: { readonly name: string; readonly env: Env },
): Promise<Credential> {
  if (user === undefined) return {}
  const settings = valueAt(user.entry, 'user')
  const exec = valueAt(settings, 'exec')
  if (exec !== undefined) return execCredential(exec, { folder: user.folder, env })
  if (valueAt(settings, 'auth-provider') !== undefined) {
    throw missing(
      `The user of "${name}" logs in by auth-provider, which Kubernetes has removed`,
      'Use an exec plugin.',
    )
  }
  const [token, cert, key] = await Promise.all([
    contentOf(user.folder, settings, { data: 'token', file: 'tokenFile', isPlain: true }),
    contentOf(user.folder, settings, {
      data: 'client-certificate-data',
      file: 'client-certificate',
    }),
    contentOf(user.folder, settings, { data: 'client-key-data', file: 'client-key' }),
  ])
  const authorization = token === undefined ? basicOf(settings) : `Bearer ${token.trim()}`
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

function basicOf(settings: unknown): string | undefined {
  const name = textAt(settings, 'username')
  if (name === undefined) return undefined
  return `Basic ${Buffer.from(`${name}:${textAt(settings, 'password') ?? ''}`).toString('base64')}`
}

interface Place {
  readonly data: string
  readonly file: string
  /** Not in base64. */
  readonly isPlain?: true
}

async function contentOf(
  folder: string,
  settings: unknown,
  place: Place,
): Promise<string | undefined> {
  const inline = textAt(settings, place.data)
  if (inline) return place.isPlain ? inline : decode(inline)
  const file = textAt(settings, place.file)
  if (!file) return undefined
  try {
    return await readFile(absolute(folder, file), 'utf8')
  } catch (cause) {
    throw new BentoError(
      'CREDENTIALS_MISSING',
      `Cannot read "${file}", which the kubeconfig names`,
      {
        hint: `Correct ${place.file} in the kubeconfig.`,
        cause,
      },
    )
  }
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

function absolute(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file)
}

const account = '/var/run/secrets/kubernetes.io/serviceaccount'

async function inCluster(host: string, env: Env): Promise<ClusterAccess> {
  try {
    const [ca, namespace] = await Promise.all([
      readFile(join(account, 'ca.crt'), 'utf8'),
      readFile(join(account, 'namespace'), 'utf8'),
    ])
    const shown = host.includes(':') ? `[${host}]` : host
    return {
      server: new URL(`https://${shown}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`),
      name: 'in-cluster',
      namespace: namespace.trim(),
      ca: async () => ca,
      isInsecure: false,
      serverName: undefined,
      // Rotated by the kubelet.
      credential: async () => ({
        authorization: `Bearer ${(await readFile(join(account, 'token'), 'utf8')).trim()}`,
      }),
    }
  } catch (cause) {
    throw new BentoError('CREDENTIALS_MISSING', 'This pod has no service account to deploy with', {
      hint: 'Mount the service account token, or set KUBECONFIG.',
      cause,
    })
  }
}
