import type { ProjectTarget } from '../build/target.ts'
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

export async function openSource(target: string | undefined, session: Session): Promise<Source> {
  const { resolveTarget } = await import('../build/target.ts')
  const { cwd } = session
  const bentos = bentosOf(session)
  const found = await resolveTarget(target, {
    cwd,
    findBento: async (tag) => (await bentos.find(tag))?.path,
  })
  if (found.kind === 'bento') return { path: found.path, packageRoots: [cwd, packageFolder] }
  const { assembleForServing } = await import('../build/assemble.ts')
  const { path } = await assembleForServing({
    project: found,
    models: modelsOf(session),
    env: session.env,
    report: reportTo(session.out),
  })
  session.out.settle()
  return { path, project: found, packageRoots: [found.context, packageFolder] }
}
