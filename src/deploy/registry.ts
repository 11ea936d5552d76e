import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import type { Target } from './target.ts'

const targets = new Map<string, () => Promise<Target>>([
  ['kubernetes', () => import('./kubernetes/target.ts').then((file) => file.kubernetesTarget)],
  ['lambda', () => import('./lambda/target.ts').then((file) => file.lambdaTarget)],
  ['cloud-run', () => import('./cloud-run/target.ts').then((file) => file.cloudRunTarget)],
  ['azure', () => import('./azure/target.ts').then((file) => file.azureTarget)],
  ['bentocloud', () => import('./bentocloud/target.ts').then((file) => file.bentoCloudTarget)],
])

/** Throws DEPLOY_TARGET_UNKNOWN, with the targets there are, for none and for one that there is not. */
export async function requireTarget(name: string | undefined): Promise<Target> {
  const names = [...targets.keys()]
  const load = name === undefined ? undefined : targets.get(name)
  if (load !== undefined) return load()
  const hint = `Name one with --target, as \`target:\` in a deployment.yaml, or as \`deploy: { target: … }\` in bentofile.yaml: ${names.join(', ')}.`
  if (name === undefined) {
    throw new BentoError('DEPLOY_TARGET_UNKNOWN', 'Nothing says where to deploy to', { hint })
  }
  const guess = closest(name, names)
  throw new BentoError('DEPLOY_TARGET_UNKNOWN', `There is no target "${name}"`, {
    hint: guess === undefined ? hint : `Did you mean "${guess}"? ${hint}`,
  })
}
