import { loadDeployment } from '../../src/deploy/deployment-file.ts'
import type { DeploymentFlags } from '../../src/deploy/deployment-flags.ts'
import { type DeploymentSpec, resolveSpec } from '../../src/deploy/spec.ts'
import { plainImage, type BentoManifest } from '../../src/store/manifest.ts'

/** A deployment as flags describe it; `image` and `name` are there already. */
export async function specOf(
  set: Readonly<Record<string, unknown>> = {},
  options: { readonly flags?: DeploymentFlags; readonly manifest?: BentoManifest } = {},
): Promise<DeploymentSpec> {
  const texts = Object.entries(set).map(([key, value]) => [key, JSON.stringify(value)] as const)
  const deployment = await loadDeployment(undefined, {
    name: 'iris',
    image: `registry.example.com/iris@sha256:${'a'.repeat(64)}`,
    set: Object.fromEntries(texts),
    ...options.flags,
  })
  return resolveSpec(deployment, options.manifest)
}

export function manifestOf(over: Partial<BentoManifest> = {}): BentoManifest {
  return {
    format: 1,
    name: 'iris_classifier',
    version: 'v1',
    service: 'IrisClassifier',
    bento_version: '0.1.0',
    args: {},
    image: plainImage,
    description: '',
    labels: {},
    apis: [],
    models: [],
    envs: [],
    config: {},
    ...over,
  }
}
