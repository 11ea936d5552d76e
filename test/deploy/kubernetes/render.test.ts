import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { loadDeployment } from '../../../src/deploy/deployment-file.ts'
import { renderFiles, renderObjects } from '../../../src/deploy/kubernetes/render.ts'
import { resolveSpec } from '../../../src/deploy/spec.ts'
import { valueAt } from '../../../src/lib/records.ts'
import { manifestOf, specOf } from '../spec-of.ts'
import { everything } from './everything.ts'
import { containerOf, objectOf, podOf } from './object-of.ts'

test("gives BentoML's documented manifest from a deployment.yaml, field by field", async () => {
  const file = fileURLToPath(new URL('bentoml-deployment.yaml', import.meta.url))
  const objects = renderObjects(await resolveSpec(await loadDeployment(file, {})))
  expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'Deployment'])
  const [service, deployment] = objects
  expect(deployment).toMatchObject({
    apiVersion: 'apps/v1',
    metadata: { name: 'summarization' },
    spec: {
      replicas: 3,
      template: {
        spec: {
          containers: [
            {
              ports: [{ containerPort: 3000 }],
              resources: {
                requests: { memory: '2Gi', cpu: '1' },
                limits: { memory: '4Gi', cpu: '2' },
              },
              livenessProbe: {
                httpGet: { path: '/livez', port: 'http' },
                initialDelaySeconds: 30,
                periodSeconds: 10,
              },
              readinessProbe: {
                httpGet: { path: '/readyz', port: 'http' },
                initialDelaySeconds: 10,
                periodSeconds: 5,
              },
            },
          ],
        },
      },
    },
  })
  expect(containerOf(deployment)).not.toHaveProperty('startupProbe')
  expect(service).toMatchObject({
    metadata: { name: 'summarization' },
    spec: {
      type: 'LoadBalancer',
      selector: valueAt(deployment, 'spec', 'selector', 'matchLabels'),
      ports: [{ protocol: 'TCP', port: 80, targetPort: 'http' }],
    },
  })
})

test('renders a hardened Deployment and a Service when nothing is asked for', async () => {
  const objects = renderObjects(await specOf())
  expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'Deployment'])
  const deployment = await objectOf('Deployment')
  expect(podOf(deployment)).toMatchObject({
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 75,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  })
  expect(containerOf(deployment)).toMatchObject({
    startupProbe: { httpGet: { path: '/readyz' } },
    livenessProbe: { httpGet: { path: '/livez' } },
    readinessProbe: { httpGet: { path: '/readyz' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  })
})

test('renders an object for every key', async () => {
  const objects = renderObjects(await specOf(everything))
  expect(objects.map(({ kind }) => kind)).toEqual([
    'Service',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'Deployment',
    'HorizontalPodAutoscaler',
    'Ingress',
    'HTTPRoute',
    'ServiceMonitor',
  ])
  expect(objects.every(({ metadata }) => metadata.namespace === 'models')).toBe(true)
})

test('leaves the number of replicas to an autoscaler', async () => {
  expect(await objectOf('Deployment', everything)).not.toHaveProperty('spec.replicas')
  expect(await objectOf('HorizontalPodAutoscaler', everything)).toMatchObject({
    spec: {
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        { resource: { name: 'cpu', target: { averageUtilization: 60 } } },
        { resource: { name: 'memory', target: { averageUtilization: 80 } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 120 } },
    },
  })
})

test('scales by requests under way with KEDA, to zero too', async () => {
  const set = {
    scaling: { min_replicas: 0, max_replicas: 4 },
    kubernetes: { namespace: 'models', keda: { prometheus: 'http://prometheus:9090' } },
  }
  const manifest = manifestOf({ config: { traffic: { concurrency: 32 } } })
  const objects = renderObjects(await specOf(set, { manifest }))
  expect(objects.find(({ kind }) => kind === 'ScaledObject')).toMatchObject({
    spec: {
      minReplicaCount: 0,
      maxReplicaCount: 4,
      triggers: [
        {
          type: 'prometheus',
          metadata: {
            query: 'sum(bentoml_request_in_progress{namespace="models",service="iris"})',
            threshold: '32',
          },
        },
      ],
    },
  })
})

test('hands secrets over as variables, one key, or files', async () => {
  const deployment = await objectOf('Deployment', everything)
  expect(containerOf(deployment)).toMatchObject({
    envFrom: [{ secretRef: { name: 'keys' } }],
    env: expect.arrayContaining([
      { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'hf' } } },
    ]),
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'secret-0', mountPath: '/etc/certs', readOnly: true },
    ],
  })
  expect(podOf(deployment)).toMatchObject({
    volumes: [{ name: 'tmp' }, { name: 'secret-0', secret: { secretName: 'certs' } }],
  })
})

test('asks for GPUs as a limit', async () => {
  expect(containerOf(await objectOf('Deployment', everything))).toMatchObject({
    resources: {
      requests: { cpu: '500m', memory: '1Gi' },
      limits: { cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1', 'ephemeral-storage': '2Gi' },
    },
  })
})

test('writes a file for each object, and a kustomization that lists them', async () => {
  const files = await renderFiles(await specOf(everything))
  expect(files.map(({ path }) => path)).toEqual([
    'service.yaml',
    'network-policy.yaml',
    'pod-disruption-budget.yaml',
    'deployment.yaml',
    'horizontal-pod-autoscaler.yaml',
    'ingress.yaml',
    'http-route.yaml',
    'service-monitor.yaml',
    'kustomization.yaml',
  ])
  expect(files.at(-1)?.text).toMatchInlineSnapshot(`
"apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - service.yaml
  - network-policy.yaml
  - pod-disruption-budget.yaml
  - deployment.yaml
  - horizontal-pod-autoscaler.yaml
  - ingress.yaml
  - http-route.yaml
  - service-monitor.yaml
"
`)
})

test('asks probes where a kubelet gets an answer', async () => {
  const probeOf = async (config: object): Promise<unknown> => {
    const spec = await specOf({}, { manifest: manifestOf({ config: { ...config } }) })
    const deployment = renderObjects(spec).find(({ kind }) => kind === 'Deployment')
    return valueAt(containerOf(deployment), 'livenessProbe')
  }
  const ssl = { enabled: true, certfile: 'a.pem', caCerts: 'ca.pem' }
  expect(await probeOf({ ssl })).toMatchObject({
    httpGet: { path: '/livez', port: 'http', scheme: 'HTTPS' },
  })
  const strict = { ...ssl, certReqs: 2 }
  expect(await probeOf({ ssl: strict, metrics: { port: 3001 } })).toMatchObject({
    httpGet: { path: '/livez', port: 'metrics' },
  })
  await expect(probeOf({ ssl: strict })).rejects.toMatchObject({
    code: 'DEPLOYMENT_INVALID',
    message: expect.stringContaining('set metrics.port') as unknown,
  })
})
