import { textAt, valueAt } from '../../lib/records.ts'
import { changeOf } from '../change-of.ts'
import type { DeploymentSpec } from '../spec.ts'
import type { Change } from '../target.ts'
import { configOf, type FunctionConfig, liveConfig } from './function-config.ts'
import type { Functions } from './functions.ts'
import { liveAlias } from './live-alias.ts'
import { renderUrl } from './render.ts'
import { isOurs } from './status.ts'

/** What an apply would change. */
export async function planFunction(
  spec: DeploymentSpec,
  functions: Functions,
): Promise<readonly Change[]> {
  const { name, lambda } = spec
  const found = await functions.find(name)
  const wanted = configOf(spec)
  const ofFunction = await changeOf(
    `Function/${name}`,
    found === undefined ? undefined : liveConfig(found),
    found === undefined ? wanted : keepLive(wanted, liveConfig(found)),
  )
  const alias = await functions.findAlias(name, liveAlias)
  const changes = [
    { ...ofFunction, conflicts: conflictsOf(found, name) },
    aliasChange(liveAlias, alias === undefined, ofFunction.action),
  ]
  if (lambda.url === undefined) return changes
  const url = await functions.findUrl(name, liveAlias)
  const live = url === undefined ? undefined : urlOf(url)
  return [...changes, await changeOf(`Url/${liveAlias}`, live, renderUrl(spec))]
}

/** What is left open stays as it runs; an image that this bento has already is not made again. */
export function keepLive(wanted: FunctionConfig, live: FunctionConfig): FunctionConfig {
  const isSameBento = wanted.bento !== null && wanted.bento === live.bento
  const isSameRole = wanted.role === '' || live.role.endsWith(`/${wanted.role}`)
  return {
    ...wanted,
    role: isSameRole ? live.role : wanted.role,
    image: wanted.image ?? (isSameBento && wanted.runtime === null ? live.image : null),
  }
}

export function urlOf(url: unknown): object {
  return { AuthType: textAt(url, 'AuthType'), InvokeMode: textAt(url, 'InvokeMode') ?? 'BUFFERED' }
}

function conflictsOf(found: unknown, name: string): string[] {
  if (found === undefined || isOurs(valueAt(found, 'Configuration'))) return []
  return [`Function/${name} is there already, and not bento's`]
}

function aliasChange(alias: string, isNew: boolean, code: Change['action']): Change {
  const action = isNew ? 'create' : code
  return { object: `Alias/${alias}`, action, diff: '', conflicts: [] }
}
