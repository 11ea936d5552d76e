import { BentoError } from '../../errors.ts'
import { isRecord } from '../../lib/records.ts'
import { applyJsonPatch } from './json-patch.ts'
import { ownLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import type { KubernetesOptions } from './options.ts'

type Patch = KubernetesOptions['patches'][number]

/** Objects with the patches of a deployment.yaml laid over them, in order. */
export function patchObjects(
  objects: readonly KubernetesObject[],
  patches: readonly Patch[],
): KubernetesObject[] {
  return patches.reduce<KubernetesObject[]>(applyPatch, [...objects])
}

function applyPatch(objects: KubernetesObject[], patch: Patch): KubernetesObject[] {
  const isMeant = ({ kind, metadata }: KubernetesObject): boolean =>
    kind === patch.kind && (patch.name === undefined || metadata.name === patch.name)
  if (!objects.some(isMeant)) {
    throw new BentoError('DEPLOYMENT_INVALID', `No ${patch.kind} is there to patch`, {
      hint: `Patch one of: ${[...new Set(objects.map(({ kind }) => kind))].join(', ')}.`,
    })
  }
  return objects.map((object) => (isMeant(object) ? patched(object, patch) : object))
}

function patched(object: KubernetesObject, { merge, json }: Patch): KubernetesObject {
  const changed = merge === undefined ? applyJsonPatch(object, json ?? []) : overlay(object, merge)
  if (isObject(changed) && isSame(changed, object)) return changed
  throw new BentoError('DEPLOYMENT_INVALID', `A patch takes the ${object.kind}'s identity away`, {
    hint: `Leave apiVersion, kind, metadata.name, metadata.namespace and the labels ${ownLabels.join(' and ')} as they are; set \`name\` of the deployment.`,
  })
}

function isObject(value: unknown): value is KubernetesObject {
  return isRecord(value) && typeof value['apiVersion'] === 'string' && isRecord(value['metadata'])
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return idOf(a) === idOf(b)
}

/** By which the cluster tells it from others, and bento its own from what others have deployed. */
function idOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const { name, namespace, labels } = metadata
  const own = ownLabels.map((label) => labels?.[label])
  return JSON.stringify([apiVersion, kind, name, namespace, ...own])
}

/** JSON merge patch (RFC 7386), but lists whose items have names meet by name instead of being replaced. */
function overlay(base: unknown, over: unknown): unknown {
  if (Array.isArray(over)) return Array.isArray(base) ? overlayList(base, over) : over
  if (!isRecord(over)) return over
  const merged = new Map(isRecord(base) ? Object.entries(base) : [])
  for (const [key, value] of Object.entries(over)) {
    if (value === null) merged.delete(key)
    else merged.set(key, overlay(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

function overlayList(base: readonly unknown[], over: readonly unknown[]): unknown[] {
  if (![...base, ...over].every(hasName)) return [...over]
  const merged = new Map<unknown, unknown>(base.map((one) => [nameOf(one), one]))
  for (const one of over) merged.set(nameOf(one), overlay(merged.get(nameOf(one)), one))
  return [...merged.values()]
}

function hasName(value: unknown): boolean {
  return typeof nameOf(value) === 'string'
}

function nameOf(value: unknown): unknown {
  return isRecord(value) ? value['name'] : undefined
}
