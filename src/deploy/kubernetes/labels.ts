import type { DeploymentSpec } from '../spec.ts'
import type { Metadata } from './object.ts'
import { unlessEmpty } from './object.ts'

export const managedBy = 'app.kubernetes.io/managed-by'
const instance = 'app.kubernetes.io/instance'
export const bentoAnnotation = 'bentojs/bento'

/** What says whose an object is. */
export const ownLabels: readonly string[] = [managedBy, instance]

/** By which a deployment's own objects and pods are found. Never changes: selectors cannot. */
export function selectorOf(name: string): Record<string, string> {
  return { [instance]: name, [managedBy]: 'bento' }
}

export function labelsOf(spec: DeploymentSpec): Record<string, string> {
  return { ...spec.labels, 'app.kubernetes.io/name': spec.name, ...selectorOf(spec.name) }
}

export function metadataOf(
  spec: DeploymentSpec,
  annotations: Readonly<Record<string, string>> = {},
): Metadata {
  const { namespace } = spec.kubernetes
  const all = unlessEmpty({ ...spec.kubernetes.annotations, ...annotations })
  return {
    name: spec.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labelsOf(spec),
    ...(all === undefined ? {} : { annotations: all }),
  }
}

export function bentoAnnotations({ bento }: DeploymentSpec): Record<string, string> {
  return bento === undefined ? {} : { [bentoAnnotation]: bento }
}
