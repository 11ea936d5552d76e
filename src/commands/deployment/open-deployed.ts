import { arch } from 'node:os'
import { resolveHome } from '../../config/home.ts'
import type { ImageSource } from '../../deploy/target.ts'
import { isBentoError } from '../../errors.ts'
import type { BentoEntry } from '../../store/bento-store.ts'
import type { Session } from '../context.ts'
import { reportTo } from '../report.ts'
import { bentosOf, modelsOf } from '../stores.ts'

/** What is deployed: a bento of the store, or one that is built of a project first. */
export async function openDeployed(
  name: string | undefined,
  session: Session,
): Promise<ImageSource | undefined> {
  if (name === undefined) return undefined
  const bento = (await buildProject(name, session)) ?? (await bentosOf(session).require(name))
  return { bento, home: resolveHome(session.env), arch: arch() }
}

/** Undefined for what is no project. */
async function buildProject(name: string, session: Session): Promise<BentoEntry | undefined> {
  const { resolveTarget } = await import('../../build/target.ts')
  const bentos = bentosOf(session)
  const found = await resolveTarget(name, {
    cwd: session.cwd,
    findBento: async (tag) => (await bentos.find(tag))?.path,
  }).catch((error: unknown) => {
    if (isBentoError(error) && error.code === 'TARGET_NOT_FOUND') return undefined
    throw error
  })
  if (found?.kind !== 'project') return undefined
  const { buildBento } = await import('../../build/build.ts')
  const entry = await buildBento({
    project: found,
    store: bentos,
    models: modelsOf(session),
    flags: { labels: {}, check: true },
    env: session.env,
    report: reportTo(session.out),
  })
  session.out.settle()
  session.out.say(`Built ${entry.tag}`)
  return entry
}
