import type { ProjectTarget, Target } from '../build/target.ts'
import type { Session } from './context.ts'
import { reportTo } from './report.ts'
import { bentosOf, modelsOf } from './stores.ts'
import { packageFolder } from './version.ts'

/** What is served: the folder of a bento, assembled on the spot when a project was named. */
export interface Source {
  readonly path: string
  readonly project?: ProjectTarget
  readonly packageRoots: readonly string[]
}

export interface Wanted {
  readonly target: string | undefined
  /** Instead of a target: a model that is served alone. */
  readonly model?: string | undefined
  /** A file of what is named has just changed. */
  readonly isChanged?: boolean
}

export async function openSource(wanted: Wanted, session: Session): Promise<Source> {
  const found = await findTarget(wanted, session)
  const { cwd } = session
  if (found.kind === 'bento') return { path: found.path, packageRoots: [cwd, packageFolder] }
  const { assembleForServing } = await import('../build/assemble.ts')
  const { path } = await assembleForServing({
    project: found,
    models: modelsOf(session),
    isChanged: wanted.isChanged ?? false,
    env: session.env,
    report: reportTo(session.out),
  })
  session.out.settle()
  return { path, project: found, packageRoots: [found.packages ?? found.context, packageFolder] }
}

async function findTarget({ target, model }: Wanted, session: Session): Promise<Target> {
  if (model !== undefined) {
    const { openModelProject, refuseBoth } = await import('./model-source.ts')
    refuseBoth(target, model)
    return openModelProject(model, session)
  }
  const { resolveTarget } = await import('../build/target.ts')
  const bentos = bentosOf(session)
  return resolveTarget(target, {
    cwd: session.cwd,
    findBento: async (tag) => (await bentos.find(tag))?.path,
  })
}
