import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, ownPid } from '../lib/exec.ts'
import { renderOpenapi } from '../service/openapi.ts'
import { renderSchema } from '../service/schema.ts'
import { renderBentoManifest, bentoFile } from '../store/manifest-files.ts'
import type { BentoManifest } from '../store/manifest.ts'
import type { ModelStore } from '../store/model-store.ts'
import { createCacheFolder, createOwnFolder } from './own-folder.ts'
import { describeModel } from './pack-models.ts'
import { prepare, renderManifest } from './prepare.ts'
import type { ProjectTarget } from './target.ts'

export interface AssembleInput {
  readonly project: ProjectTarget
  readonly models: ModelStore
  /** Absent: a new folder in the project's `.bento`. */
  readonly outDir?: string
  readonly report?: (line: string) => void
  /** A file of it has just changed: no bundle of before can fit, and the next may not either. */
  readonly isChanged?: boolean
  /** Environment of the process that imports the service; absent: this one's. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface Assembled {
  /** A bento's folder, good for this machine only: models stay in the store, packages in the project. */
  readonly path: string
  readonly manifest: BentoManifest
  /** The project's own files that went into the bundle, absolute. */
  readonly inputs: readonly string[]
}

/** What `bento serve` runs of a project: the same bundle that a build makes, without the rest. */
export async function assembleForServing(input: AssembleInput): Promise<Assembled> {
  const { project, report = () => undefined } = input
  const path = input.outDir ?? (await createServeFolder(project.context))
  const cache = input.isChanged ? undefined : await createCacheFolder(project.context)
  const prepared = await prepare({ ...input, path, sourceRoot: project.context, report, cache })
  const manifest = {
    ...(await renderManifest({
      project,
      prepared,
      // What a bento would leave out lies in the store too.
      models: prepared.models.map(({ requested, entry }) =>
        describeModel({ requested, entry }, entry.path),
      ),
    })),
    version: 'development',
  }
  await writeFile(join(path, bentoFile), await renderBentoManifest(manifest))
  await mkdir(join(path, 'apis'), { recursive: true })
  const openapi = renderOpenapi(prepared.description, manifest)
  await writeFile(join(path, 'apis', 'openapi.json'), JSON.stringify(openapi))
  const schema = renderSchema(prepared.description)
  await writeFile(join(path, 'apis', 'schema.json'), JSON.stringify(schema))
  return { path, manifest, inputs: prepared.bundle.inputs }
}

/** A new folder in the project for what is served. */
export async function createServeFolder(context: string): Promise<string> {
  const folder = await createOwnFolder(context)
  const taken = await sweep(folder)
  for (let number = 1; ; number++) {
    const path = join(folder, `serve-${ownPid}-${number}`)
    if (taken.has(path)) continue
    await mkdir(path)
    return path
  }
}

/** Removes what processes that are gone left behind; returns what is still in use. */
async function sweep(folder: string): Promise<ReadonlySet<string>> {
  const taken = new Set<string>()
  for (const name of await readdir(folder)) {
    const pid = /^serve-(\d+)-\d+$/.exec(name)?.[1]
    if (pid === undefined) continue
    if (isAlive(Number(pid))) taken.add(join(folder, name))
    else await rm(join(folder, name), { recursive: true, force: true })
  }
  return taken
}
