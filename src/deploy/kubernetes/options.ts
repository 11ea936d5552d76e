import * as z from 'zod'

const count = z.int().min(0)
const seconds = z.int().min(0)
const port = z.int().min(1).max(65_535)
const quantity = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(
    (text) => /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.test(text),
    'must be a quantity, as "500m", 2 or "4Gi"',
  )
const strings = z.record(z.string().min(1), z.string())
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/** A name as the DNS has them, which most things of Kubernetes need. */
export const dnsLabel = z
  .string()
  .regex(label, 'must be up to 63 of a-z, 0-9 and "-", and begin and end with a letter or a digit')

const dnsName = z
  .string()
  .max(253)
  .refine(
    (text) => text.split('.').every((part) => label.test(part)),
    'must be lower-case letters, digits, "-" and "."',
  )

const host = z.string().refine(
  (text) =>
    text
      .replace(/^\*\./, '')
      .split('.')
      .every((part) => label.test(part)),
  'must be a host name, as iris.example.com',
)

const path = z.string().startsWith('/')

const resources = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  ephemeral_storage: quantity.optional(),
})

const probe = z.strictObject({
  path: path.optional(),
  initial_delay_seconds: seconds.optional(),
  period_seconds: z.int().min(1).optional(),
  timeout_seconds: z.int().min(1).optional(),
  failure_threshold: z.int().min(1).optional(),
})

const probes = z.strictObject({
  startup: z
    .union([z.literal(false), probe])
    .describe('false: none')
    .optional(),
  liveness: z.union([z.literal(false), probe]).optional(),
  readiness: z.union([z.literal(false), probe]).optional(),
})

const service = z.strictObject({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).default('ClusterIP'),
  port: port.default(80),
  node_port: port.optional(),
  annotations: strings.default({}),
})

const ingress = z.strictObject({
  host,
  path: path.default('/'),
  class: dnsName.optional(),
  tls_secret: dnsName.optional(),
  annotations: strings.default({}),
})

const gateway = z.strictObject({
  name: dnsName.describe('The Gateway that the route hangs on'),
  namespace: dnsLabel.optional(),
  section: dnsName.describe('Listener of that Gateway').optional(),
  hosts: z.array(host).default([]),
  path: path.default('/'),
})

const atMost = z.union([
  count,
  z.string().regex(/^\d{1,3}%$/, 'must be a number or a share, as 1 or "50%"'),
])

const disruption = z
  .strictObject({ min_available: atMost.optional(), max_unavailable: atMost.optional() })
  .refine(
    (value) => (value.min_available === undefined) !== (value.max_unavailable === undefined),
    'takes either min_available or max_unavailable',
  )

const keda = z.strictObject({
  prometheus: z.url().describe('Address of the Prometheus that scrapes the service'),
  threshold: z
    .number()
    .positive()
    .describe("Requests under way for each replica; absent: the service's traffic.concurrency")
    .optional(),
  cooldown_seconds: seconds.optional(),
  polling_seconds: z.int().min(1).optional(),
})

const serviceMonitor = z.strictObject({
  interval_seconds: z.int().min(1).default(30),
  labels: strings.describe('By which a Prometheus finds it').default({}),
})

const networkPolicy = z.strictObject({
  from: z
    .array(z.record(z.string(), z.unknown()))
    .describe('Peers of networking.k8s.io/v1 that may call the service; none: all')
    .default([]),
})

const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Equal', 'Exists']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  toleration_seconds: seconds.optional(),
})

const patch = z
  .strictObject({
    kind: z.string().min(1),
    name: z.string().min(1).optional(),
    merge: z
      .record(z.string(), z.unknown())
      .describe('Laid over the object; null removes; items of a list meet by name')
      .optional(),
    json: z
      .array(
        z.strictObject({
          op: z.enum(['add', 'replace', 'remove']),
          path: z.string().startsWith('/'),
          value: z.unknown().optional(),
        }),
      )
      .describe('JSON Patch (RFC 6902)')
      .optional(),
  })
  .refine(
    (value) => (value.merge === undefined) !== (value.json === undefined),
    'takes either merge or json',
  )

/** What `kubernetes:` of a deployment.yaml may say. */
export const kubernetesSchema = z.strictObject({
  context: z.string().min(1).describe('Of the kubeconfig; absent: the current one').optional(),
  namespace: dnsLabel.describe("Absent: the context's").optional(),
  image_pull_policy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  image_pull_secrets: z.array(dnsName).default([]),
  service_account: dnsName.optional(),
  port: port.describe('That the service listens on').default(3000),
  resources: z
    .strictObject({ requests: resources.optional(), limits: resources.optional() })
    .describe('Absent: the resources of the service')
    .default({}),
  gpus: z.int().min(1).describe("Absent: the service's resources.gpu").optional(),
  gpu_resource: z.string().min(1).default('nvidia.com/gpu'),
  probes: probes.default({}),
  grace_period_seconds: seconds.describe('Absent: what the longest request takes').optional(),
  pre_stop_seconds: seconds.describe('For which a pod that ends still takes requests').default(5),
  progress_deadline_seconds: z.int().min(1).default(600),
  service: service.prefault({}),
  ingress: ingress.optional(),
  gateway: gateway.optional(),
  keda: keda.optional(),
  disruption_budget: disruption.optional(),
  service_monitor: z
    .union([z.literal(true).transform(() => serviceMonitor.parse({})), serviceMonitor])
    .optional(),
  network_policy: z
    .union([z.literal(true).transform(() => networkPolicy.parse({})), networkPolicy])
    .optional(),
  node_selector: strings.default({}),
  tolerations: z.array(toleration).default([]),
  annotations: strings.default({}),
  pod_annotations: strings.default({}),
  pod_labels: strings.default({}),
  patches: z.array(patch).describe('Change any field of anything rendered').default([]),
})

export type KubernetesOptions = z.infer<typeof kubernetesSchema>
