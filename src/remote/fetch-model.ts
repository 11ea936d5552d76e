import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BentoError, isSystemError } from '../errors.ts'
import { digestFiles, readFiles } from '../store/digest.ts'
import { readModelManifest } from '../store/manifest-files.ts'
import { checkModelFiles } from '../store/transfer.ts'
import { pull } from './pull.ts'

export interface FetchModelInput {
  readonly tag: string
  readonly url: string
  /** Of the model's files, as the bento says it. */
  readonly digest: string
  /** Gets the model, whole or not at all; what is there is replaced. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Fetches a model that a bento was built without. It travels in such a bento as a file of its own, `dist/fetch-model.mjs`,
 * so that no other pays for clients of registries. Throws DIGEST_MISMATCH for what is not the model that was built with.
 */
export async function fetchModel(input: FetchModelInput): Promise<void> {
  const { folder } = input
  const staging = `${folder}.${randomBytes(6).toString('hex')}`
  try {
    await pull({
      ...input,
      kind: 'model',
      cache: `${dirname(folder)}/.parts`,
      cwd: '/',
      isInsecure: false,
      async store(_name, fill) {
        await mkdir(staging, { recursive: true })
        await fill(staging)
        await check(staging, input)
        await putInPlace(staging, folder)
      },
    })
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function putInPlace(staging: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await rename(staging, folder).catch((error: unknown) => {
    // Another process was first with the same.
    if (!isSystemError(error, 'ENOTEMPTY') && !isSystemError(error, 'EEXIST')) throw error
  })
}

async function check(staging: string, { tag, url, digest }: FetchModelInput): Promise<void> {
  const manifest = await readModelManifest(staging)
  checkModelFiles(manifest, await readFiles(staging))
  const found = digestFiles(manifest.files)
  if (found === digest) return
  throw new BentoError(
    'DIGEST_MISMATCH',
    `Model "${tag}" at "${url}" has the digest ${found}, and the bento was built with ${digest}`,
    { hint: 'Push the model of that digest there again, or build the bento with the new one.' },
  )
}
