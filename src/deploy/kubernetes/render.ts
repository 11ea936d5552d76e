import type { DeploymentSpec } from '../spec.ts'
import type { RenderedFile } from '../target.ts'
import { checkSpec } from './check-spec.ts'
import type { KubernetesObject } from './object.ts'
import { renderAutoscaler } from './objects/autoscaler.ts'
import { renderDeployment } from './objects/deployment.ts'
import {
  renderDisruptionBudget,
  renderNetworkPolicy,
  renderServiceMonitor,
} from './objects/policies.ts'
import { renderHttpRoute, renderIngress } from './objects/routes.ts'
import { renderService } from './objects/service.ts'
import { patchObjects } from './patch-objects.ts'
import { toYaml } from './to-yaml.ts'

/** Every object of a deployment as plain data, in the order in which they are applied. */
export function renderObjects(spec: DeploymentSpec): KubernetesObject[] {
  checkSpec(spec)
  const objects = [
    renderService(spec),
    renderNetworkPolicy(spec),
    renderDisruptionBudget(spec),
    renderDeployment(spec),
    renderAutoscaler(spec),
    renderIngress(spec),
    renderHttpRoute(spec),
    renderServiceMonitor(spec),
  ].filter((object) => object !== undefined)
  return patchObjects(objects, spec.kubernetes.patches)
}

/** A file for each object, and the kustomization.yaml that lists them. */
export async function renderFiles(spec: DeploymentSpec): Promise<RenderedFile[]> {
  const files: RenderedFile[] = []
  for (const object of renderObjects(spec)) {
    files.push({ path: `${fileName(object.kind)}.yaml`, text: await toYaml(object) })
  }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: files.map(({ path }) => path),
  }
  return [...files, { path: 'kustomization.yaml', text: await toYaml(kustomization) }]
}

/** `HorizontalPodAutoscaler` → `horizontal-pod-autoscaler`. */
function fileName(kind: string): string {
  return kind.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase()
}
