import { stat } from 'node:fs/promises'
import { createModelProject } from '../build/model-project.ts'
import { modelSignatures } from '../build/model-signatures.ts'
import type { ProjectTarget } from '../build/target.ts'
import { resolveHome } from '../config/home.ts'
import { BentoError } from '../errors.ts'
import { importModel } from '../models/save.ts'
import type { ModelEntry } from '../store/model-store.ts'
import type { Session } from './context.ts'
import { resolvePath } from './paths.ts'
import { modelsOf } from './stores.ts'

/** A project that serves one model: one of the store, or a file, which is stored first. */
export async function openModelProject(model: string, session: Session): Promise<ProjectTarget> {
  const entry = (await importFile(model, session)) ?? (await modelsOf(session).require(model))
  return createModelProject(entry, { home: resolveHome(session.env), cwd: session.cwd })
}

async function importFile(model: string, session: Session): Promise<ModelEntry | undefined> {
  const file = resolvePath(session.cwd, model)
  const found = await stat(file).catch(() => undefined)
  // No tag has a slash.
  if (!found?.isFile() && !/[/\\]/.test(model)) return undefined
  const { cwd, env } = session
  const options = { file, signatures: modelSignatures }
  const entry = await importModel(modelsOf(session), options, { cwd, env })
  session.out.say(`Stored ${model} as ${entry.tag}`)
  return entry
}

/** The two ways to say what is wanted exclude each other. */
export function refuseBoth(target: string | undefined, model: string | undefined): void {
  if (target === undefined || model === undefined) return
  throw new BentoError('USAGE', `"${target}" does not go with --model, which is served alone`, {
    hint: 'Leave one of the two out.',
  })
}
