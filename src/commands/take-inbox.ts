import { join } from 'node:path'
import { resolveHome } from '../config/home.ts'
import { pathExists } from '../lib/files.ts'
import type { Session } from './context.ts'

/** Stores the models that were saved from Python since the last command. */
export async function takeInbox({ env, cwd, out }: Session): Promise<void> {
  const home = homeOf(env)
  // Only who has an inbox pays for what reads it.
  if (home === undefined || !(await pathExists(join(home, 'models', '.inbox')))) return
  const { takeIn } = await import('../models/moving/inbox.ts')
  const tags = await takeIn(home, { cwd, env }, (error) => {
    out.warn(`A model that was saved from Python is refused. ${error.code}: ${error.message}`)
  })
  for (const tag of tags) out.say(`Took in ${tag}, saved from Python.`)
}

/** What is wrong with it is said by the command that needs it. */
function homeOf(env: Session['env']): string | undefined {
  try {
    return resolveHome(env)
  } catch {
    return undefined
  }
}
