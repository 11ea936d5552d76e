import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BentoError, isSystemError } from '../errors.ts'
import { runProgram } from '../lib/exec.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** What a registry is told of who asks. */
export type Credentials =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  /** From `docker login` with a browser: good for asking for tokens only. */
  | { readonly type: 'identity'; readonly token: string }

/** What Docker's own config says of one registry, and of no other: the file's `auths`, or the helper that it names. */
export async function findCredentials(
  registry: string,
  env: Env,
): Promise<Credentials | undefined> {
  const config = await readConfig(configFile(env))
  const keys = keysOf(registry)
  const helper = textAt(config['credHelpers'], keys) ?? textAt(config, ['credsStore'])
  if (helper !== undefined) {
    const found = await askHelper(helper, keys[0] ?? registry, env)
    if (found) return found
  }
  return fromAuths(config['auths'], keys)
}

/** The registries that Docker's own config names, sorted. */
export async function listRegistries(env: Env): Promise<string[]> {
  const { auths, credHelpers } = await readConfig(configFile(env))
  const keys = [auths, credHelpers].flatMap((map) => (isRecord(map) ? Object.keys(map) : []))
  const names = keys.map(hostOf).map((host) => (host === 'index.docker.io' ? 'docker.io' : host))
  return [...new Set(names)].toSorted()
}

function configFile(env: Env): string {
  return join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json')
}

async function readConfig(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const config: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isRecord(config) ? config : {}
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT') || isSystemError(cause, 'ENOTDIR')) return {}
    throw new BentoError('CREDENTIALS_FAILED', `"${file}" cannot be read`, {
      hint: 'Run `docker login` to write it again.',
      cause,
    })
  }
}

// Docker Hub is filed under the address of its first API.
function keysOf(registry: string): string[] {
  if (registry === 'docker.io') {
    return ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io']
  }
  return [registry]
}

function textAt(map: unknown, keys: readonly string[]): string | undefined {
  if (!isRecord(map)) return undefined
  return keys.map((key) => map[key]).find(isText)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function fromAuths(auths: unknown, keys: readonly string[]): Credentials | undefined {
  if (!isRecord(auths)) return undefined
  const entry = Object.entries(auths).find(
    ([key]) => keys.includes(key) || keys.includes(hostOf(key)),
  )
  const found = entry?.[1]
  if (!isRecord(found)) return undefined
  const token = textAt(found, ['identitytoken'])
  if (token !== undefined) return { type: 'identity', token }
  const auth = textAt(found, ['auth'])
  if (auth === undefined) return undefined
  const [, username = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(auth, 'base64').toString()) ?? []
  return { type: 'basic', username, password }
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '')
}

/** A helper is the program `docker-credential-NAME`: it reads an address and answers JSON. */
async function askHelper(
  name: string,
  address: string,
  env: Env,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`
  const asked = `"${program}", asked for "${address}",`
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw helperFailed(`${asked} has a name that is none`)
  const { code, stdout } = await runProgram(program, ['get'], { env, input: address }).catch(
    (cause: unknown) => {
      throw helperFailed(`${asked} cannot be run`, cause)
    },
  )
  if (code !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined
    throw helperFailed(`${asked} answered "${stdout.trim()}"`)
  }
  return readAnswer(stdout)
}

function readAnswer(stdout: string): Credentials | undefined {
  const answer = parseJson(stdout)
  const [username, secret] = [textAt(answer, ['Username']), textAt(answer, ['Secret'])]
  if (secret === undefined) return undefined
  if (username === '<token>') return { type: 'identity', token: secret }
  return { type: 'basic', username: username ?? '', password: secret }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not an answer: as if it had none.
    return undefined
  }
}

function helperFailed(problem: string, cause?: unknown): BentoError {
  return new BentoError('CREDENTIALS_FAILED', problem, {
    hint: 'Install it, or take it out of the Docker config.',
    ...(cause === undefined ? {} : { cause }),
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
