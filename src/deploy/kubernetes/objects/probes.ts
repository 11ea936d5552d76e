import { withoutUndefined } from '../../../lib/without-undefined.ts'
import type { KubernetesOptions } from '../options.ts'

type Probe = Exclude<KubernetesOptions['probes']['liveness'], false | undefined>

/**
 * The startup probe covers the loading of models, which may take minutes; until it has succeeded the others rest.
 * Liveness asks only whether the process answers: a service that is busy or not ready is not to be restarted.
 */
export function renderProbes({
  startup,
  liveness,
  readiness,
}: KubernetesOptions['probes']): object {
  return withoutUndefined({
    startupProbe: renderProbe(startup, {
      path: '/readyz',
      period_seconds: 2,
      timeout_seconds: 5,
      failure_threshold: 300,
    }),
    livenessProbe: renderProbe(liveness, {
      path: '/livez',
      period_seconds: 10,
      timeout_seconds: 5,
      failure_threshold: 3,
    }),
    readinessProbe: renderProbe(readiness, {
      path: '/readyz',
      period_seconds: 5,
      timeout_seconds: 5,
      failure_threshold: 2,
    }),
  })
}

function renderProbe(probe: Probe | false | undefined, standard: Probe): object | undefined {
  if (probe === false) return undefined
  const all = { ...standard, ...withoutUndefined(probe ?? {}) }
  return withoutUndefined({
    httpGet: { path: all.path, port: 'http' },
    initialDelaySeconds: all.initial_delay_seconds,
    periodSeconds: all.period_seconds,
    timeoutSeconds: all.timeout_seconds,
    failureThreshold: all.failure_threshold,
  })
}
