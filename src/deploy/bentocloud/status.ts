import { listAt, textAt, valueAt } from '../../lib/records.ts'
import type { DeploymentStatus } from '../target.ts'

const failures = new Set(['failed', 'image-build-failed', 'terminated', 'terminating', 'unhealthy'])

export function stateOf(deployment: unknown): string {
  return textAt(deployment, 'status') ?? 'unknown'
}

export function isFailure(state: string): boolean {
  return failures.has(state)
}

export function isReady(state: string): boolean {
  return state === 'running' || state === 'scaled-to-zero'
}

/** What runs: the first target of the newest revision. */
function targetOf(deployment: unknown): unknown {
  return valueAt(deployment, 'latest_revision', 'targets', 0)
}

function bentoOf(deployment: unknown): string | null {
  const bento = valueAt(targetOf(deployment), 'bento')
  const name = textAt(bento, 'repository', 'name')
  return name === undefined ? null : `${name}:${textAt(bento, 'version') ?? ''}`
}

/** What it was told, in the shape in which it is told. */
export function configOf(deployment: unknown): object {
  const config = valueAt(targetOf(deployment), 'config')
  const fields = typeof config === 'object' && config !== null ? config : {}
  return { ...fields, bento: bentoOf(deployment), labels: listAt(deployment, 'labels') }
}

export function statusOf(deployment: unknown): DeploymentStatus {
  const state = stateOf(deployment)
  const working = isReady(state) ? 'running' : 'deploying'
  const shown = state === 'scaled-to-zero' ? state : working
  return {
    name: textAt(deployment, 'name') ?? '',
    bento: bentoOf(deployment),
    image: '',
    status: isFailure(state) ? 'unhealthy' : shown,
    ready: state === 'running' ? 1 : 0,
    replicas: 1,
    revision: null,
    url: textAt(deployment, 'urls', 0) ?? null,
    created_at: textAt(deployment, 'created_at') ?? '',
    reason: isFailure(state) ? state : null,
  }
}
