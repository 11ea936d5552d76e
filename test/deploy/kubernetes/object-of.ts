import type { KubernetesObject } from '../../../src/deploy/kubernetes/object.ts'
import { renderObjects } from '../../../src/deploy/kubernetes/render.ts'
import { valueAt } from '../../../src/lib/records.ts'
import { specOf } from '../spec-of.ts'

/** The one object of a kind that is rendered. */
export async function objectOf(
  kind: string,
  set: Readonly<Record<string, unknown>> = {},
): Promise<KubernetesObject> {
  const found = renderObjects(await specOf(set)).find((object) => object.kind === kind)
  if (found === undefined) throw new Error(`No ${kind} is rendered`)
  return found
}

export function podOf(object: unknown): unknown {
  return valueAt(object, 'spec', 'template', 'spec')
}

export function containerOf(object: unknown): unknown {
  return valueAt(podOf(object), 'containers', 0)
}
