import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from '@jest/globals'
import { openRegistry, type Registry, type RegistryOptions } from '../../src/registry/client.ts'
import { start, type Started } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface RegistryServer {
  /** As `127.0.0.1:34567`. */
  readonly host: string
  readonly log: () => string
  readonly kill: () => Promise<void>
}

const started: Started[] = []

afterAll(() => Promise.all(started.map((one) => one.kill())))

export interface RegistryServerOptions {
  /** It lets nobody else in. */
  readonly user?: readonly [string, string]
  /** With a certificate that it made itself. */
  readonly hasTls?: boolean
}

/** Starts Debian's docker-registry. */
export async function startRegistry({
  user,
  hasTls = false,
}: RegistryServerOptions = {}): Promise<RegistryServer> {
  const folder = await temporaryFolder()
  const lines = [
    'version: 0.1',
    'log: {level: info}',
    `storage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}`,
    `http: {addr: "127.0.0.1:0"${hasTls ? `, tls: {certificate: ${folder}/crt, key: ${folder}/key}` : ''}}`,
  ]
  if (hasTls) await makeCertificate(folder)
  if (user !== undefined) {
    const { stdout } = await promisify(execFile)('htpasswd', ['-Bbn', ...user])
    await writeFile(join(folder, 'users'), stdout)
    lines.push(`auth: {htpasswd: {realm: test, path: ${folder}/users}}`)
  }
  const file = join(folder, 'registry.yml')
  await writeFile(file, lines.join('\n'))
  const server = start('docker-registry', ['serve', file], { cwd: folder })
  started.push(server)
  const [, host = ''] = await server.printed(/listening on (127\.0\.0\.1:\d+)/)
  return { host, log: server.output, kill: () => server.kill() }
}

async function makeCertificate(folder: string): Promise<void> {
  const kind = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
  ]
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  await promisify(execFile)('openssl', [
    ...kind,
    ...names,
    '-keyout',
    `${folder}/key`,
    '-out',
    `${folder}/crt`,
  ])
}

const opened: Registry[] = []

afterAll(() => Promise.all(opened.map((one) => one.close())))

/** A client with an empty Docker config, or with that of `env`. */
export async function openTestRegistry(
  host: string,
  options: Partial<RegistryOptions> = {},
): Promise<Registry> {
  const registry = openRegistry(host, {
    env: { DOCKER_CONFIG: await temporaryFolder() },
    tries: 2,
    pauseMs: 1,
    ...options,
  })
  opened.push(registry)
  return registry
}

/** A Docker config that knows one registry, as `docker login` writes it. */
export async function dockerConfig(
  host: string,
  user: readonly [string, string],
): Promise<Record<string, string>> {
  const folder = await temporaryFolder()
  const auth = Buffer.from(user.join(':')).toString('base64')
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }))
  return { DOCKER_CONFIG: folder }
}
