import * as z from 'zod'
import { envsSchema } from '../config/envs.ts'
import { azureSchema } from './azure/options.ts'
import { bentoCloudSchema } from './bentocloud/options.ts'
import { cloudRunSchema } from './cloud-run/options.ts'
import { dnsLabel, kubernetesSchema } from './kubernetes/options.ts'
import { lambdaSchema } from './lambda/options.ts'

const strategies = [
  'RollingUpdate',
  'Recreate',
  'RampedSlowRollout',
  'BestEffortControlledRollout',
] as const
export type Strategy = (typeof strategies)[number]

const replicas = z.int().min(0)
const behavior = z.enum(['fast', 'stable', 'disabled'])
const window = z.int().min(0).max(3600)

const policy = z.strictObject({
  metrics: z
    .array(
      z.strictObject({
        type: z.enum(['cpu', 'memory']),
        value: z.number().positive().describe('Percent of what a replica requests'),
      }),
    )
    .default([]),
  scale_up_behavior: behavior.optional(),
  scale_down_behavior: behavior.optional(),
  scale_up_stabilization_window: window.optional(),
  scale_down_stabilization_window: window.optional(),
})

const scaling = z
  .strictObject({
    min_replicas: replicas.optional(),
    max_replicas: replicas.min(1).optional(),
    policy: policy.optional(),
  })
  .refine(({ min_replicas: min = 0, max_replicas: max = Infinity }) => min <= max, {
    error: 'min_replicas is above max_replicas',
    path: ['min_replicas'],
  })

const secretKey = z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be letters, digits, ".", "_" and "-"')

const secret = z.union([
  z
    .string()
    .min(1)
    .transform((name) => ({ name })),
  z
    .strictObject({
      name: z.string().min(1),
      key: secretKey.describe('One key of it, as the environment variable `env`').optional(),
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
        .optional(),
      path: z.string().startsWith('/').describe('Folder in which its keys are files').optional(),
    })
    .refine(({ key, env }) => (key === undefined) === (env === undefined), 'needs key and env')
    .refine(
      ({ key, path }) => key === undefined || path === undefined,
      'takes either key and env, or path',
    ),
])

const envs = envsSchema.default([])

const serviceBlock = {
  instance_type: z.string().min(1).optional(),
  scaling: scaling.optional(),
  deployment_strategy: z.enum(strategies).optional(),
  config_overrides: z
    .record(z.string(), z.unknown())
    .describe('Laid over the options of the service')
    .optional(),
}

/** Everything that `deployment.yaml` may say. */
export const deploymentSchema = z.strictObject({
  name: dnsLabel.describe('Absent: the name of the bento').optional(),
  bento: z.string().min(1).describe('Tag of a bento').optional(),
  target: z.string().min(1).describe('Where it runs, as kubernetes').optional(),
  image: z.string().min(1).describe('Image of the bento, best by digest').optional(),
  labels: z.array(z.strictObject({ key: z.string().min(1), value: z.string() })).default([]),
  envs,
  secrets: z.array(secret).describe('Secrets that the target holds').default([]),
  ...serviceBlock,
  services: z
    .record(z.string(), z.strictObject({ ...serviceBlock, envs }))
    .describe('By name of the service; wins over what is said for all')
    .default({}),
  kubernetes: kubernetesSchema.prefault({}),
  lambda: lambdaSchema.prefault({}),
  cloud_run: cloudRunSchema.prefault({}),
  azure: azureSchema.prefault({}),
  bentocloud: bentoCloudSchema.prefault({}),
})

export type Deployment = z.infer<typeof deploymentSchema>
export type Secret = z.infer<typeof secret>

/** Keys that people bring from elsewhere, and why they mean nothing here. */
export const foreignKeys: Readonly<Record<string, string>> = {
  apiVersion: 'is of a Kubernetes manifest; this file is a deployment.yaml of bento',
  kind: 'is of a Kubernetes manifest; this file is a deployment.yaml of bento',
  metadata: 'is of a Kubernetes manifest; this file is a deployment.yaml of bento',
  spec: 'is of a Kubernetes manifest; this file is a deployment.yaml of bento',
  cluster:
    'is bentocloud.cluster for BentoCloud; elsewhere use kubernetes.context and kubernetes.namespace',
  access_authorization:
    'is bentocloud.access_authorization for BentoCloud; elsewhere put an authenticating proxy before the service',
  canary: 'is for BentoCloud: deploy a second name and split between both in a Gateway',
  extras: 'is for BentoCloud: use kubernetes.patches',
  dev: 'is for BentoCloud: use `bento serve --reload`',
  cold_start_timeout: 'is for BentoCloud: use kubernetes.probes.startup',
}
