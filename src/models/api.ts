import { cwd, env as processEnv } from 'node:process'
import { resolveHome } from '../config/home.ts'
import type { BentoError } from '../errors.ts'
import { openModelStore } from '../store/model-store.ts'
import type { ModelEntry, ModelStore } from '../store/model-store.ts'
import { importModel } from './save.ts'
import type { ImportModelOptions } from './save.ts'

type Env = Readonly<Record<string, string | undefined>>

/*
 * The model store for scripts, as those that train: they have no context to hand down, so the home comes from the
 * environment of their own process unless they say otherwise.
 */

/** Stores a model's file, with those that it refers to, and returns what was stored. */
export function saveModel(options: ImportModelOptions, env: Env = processEnv): Promise<ModelEntry> {
  return importModel(openHome(env), options, { cwd: cwd(), env })
}

/** The stored model of this tag, or undefined. */
export function findModel(tag: string, env?: Env): Promise<ModelEntry | undefined> {
  return openHome(env).find(tag)
}

/** All stored models, or those of one name, newest first. Broken ones are reported to `onBroken`. */
export function listModels(
  name?: string,
  env?: Env,
  onBroken?: (error: BentoError) => void,
): Promise<ModelEntry[]> {
  return openHome(env).list(name, onBroken)
}

/** Removes one version of a model. */
export async function deleteModel(tag: string, env?: Env): Promise<void> {
  await openHome(env).remove(tag)
}

function openHome(env: Env = processEnv): ModelStore {
  return openModelStore(resolveHome(env))
}
