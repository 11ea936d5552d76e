import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BentoError, isSystemError, messageOf } from '../errors.ts'
import { runProgram } from '../lib/exec.ts'
import { pathExists } from '../lib/files.ts'
import { registryLines } from '../lib/npmrc.ts'
import { npmPlatform, renderPlatform, type Platform } from '../lib/platform.ts'
import { dropScriptPackages } from './drop-script-packages.ts'
import { prunePackages } from './prune.ts'

export interface PackagesInput {
  /** Folder of the bento. */
  readonly bento: string
  /** More flags for npm, which have been checked. */
  readonly installArgs: readonly string[]
  readonly platform: Platform
  /** Where packages are kept between calls. */
  readonly cache: string
  readonly useCache: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (line: string) => void
  readonly signal?: AbortSignal
}

const files = ['package.json', 'package-lock.json'] as const
const npmrc = '.npmrc'
/** Raised when the same lock gives other files than before. */
const generation = '1'

/**
 * Fetches the native packages of a bento for the platform of the image, with this machine's npm and its configuration,
 * and leaves out what only other platforms need. So the image needs neither npm, nor a network, nor a secret.
 * Returns a folder with `node_modules` in it, or undefined when the bento has none.
 */
export async function fetchPackages(input: PackagesInput): Promise<string | undefined> {
  if (!(await hasPackages(input.bento))) return undefined
  const folder = join(input.cache, 'packages', await keyOf(input))
  if (input.useCache && (await pathExists(folder))) return folder
  input.report(`fetching packages for ${renderPlatform(input.platform)}`)
  const staging = join(input.cache, 'packages', `.${randomBytes(6).toString('hex')}`)
  await mkdir(staging, { recursive: true })
  try {
    for (const file of files) await copyIfThere(join(input.bento, file), join(staging, file))
    await writeFile(join(staging, npmrc), await readRegistries(input.bento))
    await install(staging, input)
    await dropScriptPackages(staging)
    await prunePackages(join(staging, 'node_modules'), input.platform)
    for (const file of [...files, npmrc]) await rm(join(staging, file), { force: true })
    return await putInPlace(staging, folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/**
 * Of a bento's npmrc only the registries count: it may come from anywhere, and this machine's npm would run programs and
 * send tokens as it says.
 */
async function readRegistries(bento: string): Promise<string> {
  return registryLines(await readFile(join(bento, npmrc), 'utf8').catch(() => ''))
}

async function hasPackages(bento: string): Promise<boolean> {
  const text = await readFile(join(bento, 'package.json'), 'utf8').catch(() => '{}')
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) {
    return false
  }
  const { dependencies } = manifest
  return (
    typeof dependencies === 'object' &&
    dependencies !== null &&
    Object.keys(dependencies).length > 0
  )
}

async function keyOf({ bento, platform, installArgs }: PackagesInput): Promise<string> {
  const hash = createHash('sha256').update(`${generation} ${renderPlatform(platform)}\n`)
  hash.update(JSON.stringify([installArgs, await readRegistries(bento)]))
  for (const file of files) hash.update(await readFile(join(bento, file)).catch(() => ''))
  return hash.digest('hex').slice(0, 32)
}

/** The lock's integrities are npm's to check; scripts stay off, since they would run here and not in the image. */
async function install(cwd: string, input: PackagesInput): Promise<void> {
  const { platform, env, signal, installArgs } = input
  const { os, cpu, libc } = npmPlatform(platform)
  const args = [
    'ci',
    ...installArgs,
    `--os=${os}`,
    `--cpu=${cpu}`,
    `--libc=${libc}`,
    '--omit=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--install-links',
    '--no-bin-links',
  ]
  const { code, stderr } = await runProgram('npm', args, {
    cwd,
    env,
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw new BentoError('PACKAGES_FAILED', `npm cannot be run: ${messageOf(cause)}`, {
      hint: 'Install npm, which fetches the native packages of the image.',
      cause,
    })
  })
  if (code === 0) return
  throw new BentoError(
    'PACKAGES_FAILED',
    `npm cannot fetch the packages of the bento for ${renderPlatform(platform)}\n${lastLines(stderr)}`,
    {
      hint: 'Check the registry and its credentials with `npm ping`.',
    },
  )
}

function lastLines(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => /^npm (err|error)/i.test(line) && !/complete log|^npm error A /.test(line))
  return lines
    .slice(0, 12)
    .map((line) => `  ${line}`)
    .join('\n')
}

async function putInPlace(staging: string, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  try {
    await rename(staging, folder)
  } catch (error) {
    // Another process was first with the same.
    if (!(await pathExists(folder))) throw error
  }
  return folder
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error
  })
}
