import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { assembleForServing } from '../build/assemble.ts'
import { resolveTarget } from '../build/target.ts'
import { resolveHome } from '../config/home.ts'
import type { BentoModule } from '../serve/serving.ts'
import { openBentoStore } from '../store/bento-store.ts'
import { openModelStore } from '../store/model-store.ts'
import type { TargetInput } from './target-input.ts'

/** A target as something that can be run. */
export interface OpenedTarget {
  readonly path: string
  readonly packageRoots: readonly string[]
  readonly module: BentoModule
  /** Takes away what was made to run it. */
  remove(): Promise<void>
}

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles a project's service, or finds a bento, as `bento serve` does. */
export async function openTarget({ target, cwd, env }: TargetInput): Promise<OpenedTarget> {
  const folder = resolve(cwd)
  const home = resolveHome(env)
  const bentos = openBentoStore(home)
  const found = await resolveTarget(target, {
    cwd: folder,
    findBento: async (tag) => (await bentos.find(tag))?.path,
  })
  if (found.kind === 'bento') {
    const packageRoots = [folder, packageFolder]
    return { ...(await load(found.path)), packageRoots, remove: async () => undefined }
  }
  const { path } = await assembleForServing({ project: found, models: openModelStore(home), env })
  return {
    ...(await load(path)),
    packageRoots: [found.context, packageFolder],
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

async function load(path: string): Promise<Pick<OpenedTarget, 'path' | 'module'>> {
  const { href } = pathToFileURL(join(path, 'dist', 'service.mjs'))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every bento's service.mjs exports this
  return { path, module: (await import(href)) as BentoModule }
}
