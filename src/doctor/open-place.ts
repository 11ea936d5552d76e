import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createServeFolder } from '../build/assemble.ts'
import { bundle } from '../build/bundle.ts'
import { describeBundle } from '../build/describe.ts'
import { createCacheFolder } from '../build/own-folder.ts'
import { resolveTarget, type ProjectTarget } from '../build/target.ts'
import { resolveHome } from '../config/home.ts'
import { isBentoError } from '../errors.ts'
import { openBentoStore } from '../store/bento-store.ts'
import { readBentoManifest } from '../store/manifest-files.ts'
import { openModelStore } from '../store/model-store.ts'
import type { Place, ProjectSubject, Subject } from './check.ts'

export interface OpenPlaceOptions {
  readonly cwd: string
  readonly env: Place['env']
  /** What to look at; absent: whatever is in `cwd`. */
  readonly target: string | undefined
}

/** Finds out where bento is: in a project, a bento or neither; in a container or not. */
export async function openPlace({ cwd, env, target }: OpenPlaceOptions): Promise<Place> {
  const home = resolveHome(env)
  return {
    cwd,
    env,
    home,
    models: openModelStore(home),
    isContainer: await isContainer(env),
    subject: await findSubject(target, cwd, home),
  }
}

async function isContainer(env: Place['env']): Promise<boolean> {
  if (env['KUBERNETES_SERVICE_HOST'] || env['container']) return true
  return access('/.dockerenv').then(
    () => true,
    () => false,
  )
}

async function findSubject(
  target: string | undefined,
  cwd: string,
  home: string,
): Promise<Subject> {
  const bentos = openBentoStore(home)
  try {
    const found = await resolveTarget(target, {
      cwd,
      findBento: async (tag) => (await bentos.find(tag))?.path,
    })
    if (found.kind === 'project') return await openProject(found)
    return { kind: 'bento', path: found.path, manifest: await readBentoManifest(found.path) }
  } catch (error) {
    // A folder that is no project is a place like any other, unless somebody said it was one.
    const isNothing = isBentoError(error) && error.code === 'BENTOFILE_NOT_FOUND'
    if (target === undefined && isNothing) return { kind: 'machine' }
    if (target === undefined) return brokenProject(cwd, error)
    throw error
  }
}

function brokenProject(context: string, failure: unknown): ProjectSubject {
  return { kind: 'project', context, bentofile: undefined, service: { failure } }
}

/** Bundles the service and asks it what it is, as serving and building do. */
async function openProject(project: ProjectTarget): Promise<ProjectSubject> {
  const { context, module, attr, bentofile } = project
  const path = await createServeFolder(context)
  try {
    const sourceRoot = context
    const { externals } = await bundle({
      context,
      module,
      attr,
      outDir: join(path, 'dist'),
      sourceRoot,
      native: bentofile?.bentofile.node.native ?? [],
      cache: await createCacheFolder(context),
    })
    const hasPackages = externals.length > 0
    const description = await describeBundle({ path, hasPackages, context, module, sourceRoot })
    return { kind: 'project', context, bentofile, service: { description } }
  } catch (failure) {
    return { kind: 'project', context, bentofile, service: { failure } }
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}
