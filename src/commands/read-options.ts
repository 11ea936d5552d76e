import type { ResolvedOptions } from '../config/service-options.ts'
import type { ServeFlags } from '../serve/serving.ts'
import { readBentoManifest } from '../store/manifest-files.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { Session } from './context.ts'

export interface ReadOptions extends ResolvedOptions {
  readonly manifest: BentoManifest
}

/** The options that `bento serve` of the bento in this folder has. */
export async function readOptions(
  path: string,
  flags: ServeFlags,
  { env }: Session,
): Promise<ReadOptions> {
  const manifest = await readBentoManifest(path)
  const { resolveServeOptions } = await import('../config/service-options.ts')
  const resolved = await resolveServeOptions({
    service: manifest.service,
    decorator: manifest.config,
    env,
    flags,
    apis: manifest.apis.map((api) => api.name),
  })
  return { ...resolved, manifest }
}
