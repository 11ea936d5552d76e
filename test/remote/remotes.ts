import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Kind } from '../../src/remote/artifact.ts'
import { pull } from '../../src/remote/pull.ts'
import { push, type Pushed } from '../../src/remote/push.ts'
import type { RemoteOptions } from '../../src/remote/remote.ts'
import { openBentoStore, type BentoEntry } from '../../src/store/bento-store.ts'
import { importBentoFrom } from '../../src/store/transfer.ts'
import { bentoManifest } from '../store/manifests.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Large enough to be a blob of its own. */
const weights = randomBytes(3 << 20)

/** A bento with small files, and one that is large. */
export async function storedBento(
  version: string,
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<BentoEntry> {
  const store = openBentoStore(await temporaryFolder())
  const staging = await store.stage()
  const all = {
    'dist/service.mjs': `// ${version}\n`,
    'env/docker/entrypoint.sh': '#!/bin/sh\n',
    'data/weights.bin': weights,
    ...files,
  }
  for (const [path, content] of Object.entries(all)) {
    const file = join(staging.path, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  return store.commit(staging, { ...bentoManifest, models: [], name: 'app', version })
}

export interface Around extends Partial<RemoteOptions> {
  readonly lines?: string[]
  readonly kind?: Kind
}

export async function pushBento(
  entry: BentoEntry,
  url: string,
  around: Around = {},
): Promise<Pushed> {
  return push({
    kind: 'bento',
    entry,
    url,
    report: (line) => around.lines?.push(line),
    ...(await optionsOf(around)),
  })
}

/** Pulls into the store of a home. */
export async function pullBento(
  url: string,
  home: string,
  around: Around = {},
): Promise<BentoEntry> {
  return pull({
    kind: around.kind ?? 'bento',
    url,
    cache: join(home, 'cache'),
    store: (name, fill) => importBentoFrom(openBentoStore(home), name, fill),
    report: (line) => around.lines?.push(line),
    ...(await optionsOf(around)),
  })
}

async function optionsOf({ env, cwd, isInsecure = false }: Around): Promise<RemoteOptions> {
  const folder = await temporaryFolder()
  return { env: env ?? { DOCKER_CONFIG: folder, HOME: folder }, cwd: cwd ?? folder, isInsecure }
}
