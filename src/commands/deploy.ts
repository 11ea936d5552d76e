import { join, resolve } from 'node:path'
import type { DeploymentFlags } from '../deploy/deployment-flags.ts'
import type { Deployment } from '../deploy/deployment-schema.ts'
import type { DeploymentSpec } from '../deploy/spec.ts'
import type { ImageSource, Target } from '../deploy/target.ts'
import { BentoError } from '../errors.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { openDeployed } from './deployment/open-deployed.ts'
import { printApplied } from './deployment/print-applied.ts'
import { printPlan } from './deployment/print-plan.ts'
import { withConnection } from './deployment/with-connection.ts'
import { outputFlag } from './output-flag.ts'

const hours = 24 * 3600

export const deployCommand = defineCommand({
  summary: 'Deploy a bento to where it runs',
  description: `Targets: kubernetes, lambda, cloud-run, azure, bentocloud (not verified against the real cloud).

Shows what would change with --plan; the same command again changes nothing. With --render it only
writes the files. A deployment.yaml holds what the flags say, and more:

  name: iris
  bento: iris_classifier:latest
  target: kubernetes
  image: registry.example.com/iris@sha256:…
  scaling: { min_replicas: 2, max_replicas: 10 }
  envs: [{ name: LOG_LEVEL, value: debug }]
  secrets: [iris-keys]
  kubernetes:
    namespace: models
    service: { type: LoadBalancer }
    ingress: { host: iris.example.com, tls_secret: iris-tls }`,
  positionals: {
    bento: {
      description: 'Tag of a bento in the local store, or a project to build',
      optional: true,
      completes: 'bentos',
    },
  },
  flags: {
    target: { type: 'text', short: 't', metavar: 'TARGET', description: 'Where it runs' },
    file: {
      type: 'text',
      short: 'f',
      metavar: 'FILE',
      description: 'A deployment.yaml; flags win over it',
    },
    name: {
      type: 'text',
      short: 'n',
      metavar: 'NAME',
      description: 'Name of the deployment (default: of the bento)',
    },
    image: {
      type: 'text',
      metavar: 'IMAGE',
      description: 'Image of the bento, best by digest',
    },
    env: {
      type: 'list',
      metavar: 'NAME[=VALUE]',
      description: 'Environment variable; without a value, ours is copied',
    },
    secret: {
      type: 'list',
      metavar: 'NAME',
      description: 'Secret of the target whose keys become variables',
    },
    label: { type: 'pairs', description: 'Label to add' },
    scalingMin: {
      type: 'integer',
      metavar: 'N',
      min: 0,
      max: 10_000,
      description: 'Replicas at least',
    },
    scalingMax: {
      type: 'integer',
      metavar: 'N',
      min: 1,
      max: 10_000,
      description: 'Replicas at most',
    },
    strategy: {
      type: 'text',
      metavar: 'STRATEGY',
      description: 'RollingUpdate, Recreate, RampedSlowRollout or BestEffortControlledRollout',
    },
    namespace: {
      type: 'text',
      metavar: 'NAMESPACE',
      description: "Namespace (default: the context's)",
    },
    context: {
      type: 'text',
      metavar: 'CONTEXT',
      description: 'Context of the kubeconfig (default: the current one)',
    },
    set: {
      type: 'pairs',
      description: 'Any key of a deployment.yaml, as kubernetes.port=8080',
    },
    region: {
      type: 'text',
      metavar: 'REGION',
      description: 'Region of a cloud (default: as its own tools have it)',
    },
    project: {
      type: 'text',
      metavar: 'PROJECT',
      description: 'Project of Google Cloud, or SUBSCRIPTION/GROUP of Azure',
    },
    plan: { type: 'boolean', description: 'Only show what would change' },
    render: {
      type: 'text',
      metavar: 'DIR',
      description: 'Only write the files; - prints them',
    },
    wait: { type: 'negatable', description: 'Do not wait until it runs' },
    timeout: {
      type: 'integer',
      metavar: 'SECONDS',
      min: 1,
      max: hours,
      description: 'How long to wait (default 600)',
    },
    force: { type: 'boolean', description: 'Overwrite what others have changed' },
    output: outputFlag,
  },
  examples: [
    'bento deploy iris_classifier:latest --target kubernetes --image registry.example.com/iris@sha256:…',
    'bento deploy . --target lambda --set lambda.role=bento-lambda',
    'bento deploy -f deployment.yaml --plan',
    'bento deploy -f deployment.yaml --render k8s/',
    'bento deploy -f deployment.yaml --image registry.example.com/iris:v2 --scaling-max 10 -o json',
  ],
  async run({ args, flags }, session) {
    const { bento } = args
    const { file, output, plan, render, wait, timeout, force, env, region, project, ...own } = flags
    const path = file === undefined ? undefined : resolve(session.cwd, file)
    const deployment = await readDeployment(path, {
      ...withoutUndefined({ ...own, bento }),
      env: parseEnvs(env, session),
    })
    const target = await requireTargetOf(deployment, session)
    const source = await openDeployed(deployment.bento, session)
    const spec = await specOf(deployment, source)
    // Says what is wrong before anything is reached.
    const files = await target.render(spec)
    if (render !== undefined) return writeFiles(files, render, session)
    await warnOfTag(spec, session)
    const place = { ...target.placeOf(spec), ...withoutUndefined({ region, project }) }
    const { renderPlaceFlags } = await import('../deploy/place-flags.ts')
    return withConnection(target, { session, place }, async (connection) => {
      if (plan) return printPlan(await connection.plan(spec), output, session.out)
      const options = { wait, force, timeoutSeconds: timeout ?? 600, source }
      const applied = await connection.apply(spec, options)
      const at = renderPlaceFlags(target.name, place)
      return printApplied(applied, { form: output, at, out: session.out })
    })
  },
})

/** As with Docker: `NAME` alone hands on what is set here. */
function parseEnvs(words: readonly string[], { env }: Session): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', ...rest] = word.split('=')
      const value = rest.length > 0 ? rest.join('=') : env[name]
      if (name !== '' && value !== undefined) return [name, value]
      throw new BentoError('USAGE', `--env ${word}: the variable is not set here`, {
        hint: 'Set it, or write it as --env NAME=VALUE.',
      })
    }),
  )
}

async function readDeployment(
  file: string | undefined,
  flags: DeploymentFlags,
): Promise<Deployment> {
  const { loadDeployment } = await import('../deploy/deployment-file.ts')
  return loadDeployment(file, flags)
}

async function specOf(
  deployment: Deployment,
  source: ImageSource | undefined,
): Promise<DeploymentSpec> {
  const { resolveSpec } = await import('../deploy/spec.ts')
  return resolveSpec(deployment, source?.bento.manifest)
}

/** Of the flags or the deployment.yaml, else of the bentofile.yaml here. */
async function requireTargetOf({ target }: Deployment, { cwd }: Session): Promise<Target> {
  const { requireTarget } = await import('../deploy/registry.ts')
  if (target !== undefined) return requireTarget(target)
  const { findBentofile } = await import('../config/load-bentofile.ts')
  const found = await findBentofile(cwd)
  return requireTarget(found?.bentofile.deploy?.target)
}

async function warnOfTag({ image }: DeploymentSpec, { out }: Session): Promise<void> {
  const { isPinned } = await import('../deploy/image.ts')
  if (image === undefined || isPinned(image)) return
  out.warn(`"${image}" can be moved to another content; name it by @sha256:…`)
}

async function writeFiles(
  files: Awaited<ReturnType<Target['render']>>,
  folder: string,
  { cwd, out }: Session,
): Promise<void> {
  if (folder === '-') {
    const manifests = files.filter(({ path }) => path !== 'kustomization.yaml')
    out.result(manifests.map(({ text }) => text.trimEnd()).join('\n---\n'))
    return
  }
  const { mkdir } = await import('node:fs/promises')
  const { writeAtomically } = await import('../lib/files.ts')
  const path = resolve(cwd, folder)
  try {
    await mkdir(path, { recursive: true })
    for (const file of files) await writeAtomically(join(path, file.path), file.text)
  } catch (cause) {
    throw new BentoError('STORE_FAILED', `Cannot write to "${path}"`, {
      hint: 'Name a folder that you may write to with --render.',
      cause,
    })
  }
  for (const file of files) out.result(join(folder, file.path))
}
