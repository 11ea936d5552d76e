import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { DeploymentSpec } from '../../spec.ts'
import type { KubernetesOptions } from '../options.ts'

type Probe = Exclude<KubernetesOptions['probes']['liveness'], false | undefined>

/**
 * The startup probe covers the loading of models, which may take minutes; until it has succeeded the others rest.
 * Liveness asks only whether the process answers: a service that is busy or not ready is not to be restarted.
 */
export function renderProbes(spec: DeploymentSpec): object {
  const { startup, liveness, readiness } = spec.kubernetes.probes
  const target = targetOf(spec)
  return withoutUndefined({
    startupProbe: renderProbe(target, startup, {
      path: '/readyz',
      period_seconds: 2,
      timeout_seconds: 5,
      failure_threshold: 300,
    }),
    livenessProbe: renderProbe(target, liveness, {
      path: '/livez',
      period_seconds: 10,
      timeout_seconds: 5,
      failure_threshold: 3,
    }),
    readinessProbe: renderProbe(target, readiness, {
      path: '/readyz',
      period_seconds: 5,
      timeout_seconds: 5,
      failure_threshold: 2,
    }),
  })
}

interface ProbeTarget {
  readonly port: 'http' | 'metrics'
  readonly scheme?: 'HTTPS'
}

/** A kubelet has no certificate to show: it asks where none is asked for. */
function targetOf({ tls, metrics }: DeploymentSpec): ProbeTarget {
  if (!tls.isOn) return { port: 'http' }
  if (tls.asksClients && metrics.port !== undefined) return { port: 'metrics' }
  return { port: 'http', scheme: 'HTTPS' }
}

function renderProbe(
  target: ProbeTarget,
  probe: Probe | false | undefined,
  standard: Probe,
): object | undefined {
  if (probe === false) return undefined
  const all = { ...standard, ...withoutUndefined(probe ?? {}) }
  return withoutUndefined({
    httpGet: { path: all.path, ...target },
    initialDelaySeconds: all.initial_delay_seconds,
    periodSeconds: all.period_seconds,
    timeoutSeconds: all.timeout_seconds,
    failureThreshold: all.failure_threshold,
  })
}
