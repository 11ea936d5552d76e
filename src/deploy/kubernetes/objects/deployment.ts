import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { Strategy } from '../../deployment-schema.ts'
import type { DeploymentSpec } from '../../spec.ts'
import { bentoAnnotations, labelsOf, metadataOf, selectorOf } from '../labels.ts'
import { type KubernetesObject, unlessEmpty } from '../object.ts'
import { isAutoscaled } from './autoscaler.ts'
import { renderContainer } from './container.ts'
import { volumesOf } from './secrets.ts'

// The user of the images that `bento containerize` makes.
const user = 1034

// What a service takes to end on top of its longest request, and a little more: after it comes SIGKILL.
const drainMarginSeconds = 10

export function renderDeployment(spec: DeploymentSpec): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(spec, bentoAnnotations(spec)),
    spec: {
      // An autoscaler owns the number: stating it too would take it back at each deploy.
      ...(isAutoscaled(spec) ? {} : { replicas: spec.scaling.min }),
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: spec.kubernetes.progress_deadline_seconds,
      selector: { matchLabels: selectorOf(spec.name) },
      strategy: strategies[spec.strategy],
      template: {
        metadata: {
          labels: { ...spec.kubernetes.pod_labels, ...labelsOf(spec) },
          ...templateAnnotations(spec),
        },
        spec: renderPod(spec),
      },
    },
  }
}

const strategies: Readonly<Record<Strategy, object>> = {
  RollingUpdate: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
  Recreate: { type: 'Recreate' },
  RampedSlowRollout: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  BestEffortControlledRollout: {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: 0, maxUnavailable: '20%' },
  },
}

function templateAnnotations(spec: DeploymentSpec): object {
  const annotations = unlessEmpty({ ...spec.kubernetes.pod_annotations, ...bentoAnnotations(spec) })
  return annotations === undefined ? {} : { annotations }
}

function renderPod(spec: DeploymentSpec): object {
  const { kubernetes } = spec
  const longest = Math.ceil(spec.timeout) + drainMarginSeconds
  return withoutUndefined({
    serviceAccountName: kubernetes.service_account,
    automountServiceAccountToken: kubernetes.service_account !== undefined,
    enableServiceLinks: false,
    imagePullSecrets: unlessEmpty(kubernetes.image_pull_secrets.map((name) => ({ name }))),
    terminationGracePeriodSeconds:
      kubernetes.grace_period_seconds ?? kubernetes.pre_stop_seconds + longest,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    nodeSelector: unlessEmpty(kubernetes.node_selector),
    tolerations: unlessEmpty(kubernetes.tolerations.map(renderToleration)),
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorOf(spec.name) },
      }),
    ),
    containers: [renderContainer(spec)],
    volumes: [{ name: 'tmp', emptyDir: {} }, ...volumesOf(spec.secrets)],
  })
}

type Toleration = DeploymentSpec['kubernetes']['tolerations'][number]

function renderToleration({ toleration_seconds, ...same }: Toleration): object {
  return withoutUndefined({ ...same, tolerationSeconds: toleration_seconds })
}
