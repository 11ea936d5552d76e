import { numberAt, textAt } from '../../lib/records.ts'
import type { DeploymentStatus } from '../target.ts'
import { bentoOf, marker } from './function-config.ts'

interface Found {
  /** The configuration of a function, as Lambda lists it. */
  readonly config: unknown
  readonly image?: string | undefined
  readonly version?: number | null
  readonly url?: string | null
}

export function statusOf({ config, image, version = null, url = null }: Found): DeploymentStatus {
  const state = textAt(config, 'State') ?? 'Active'
  const status = words[state] ?? 'unhealthy'
  const isRunning = status === 'running'
  return {
    name: textAt(config, 'FunctionName') ?? '',
    bento: bentoOf(textAt(config, 'Description')),
    image: image ?? `zip of ${numberAt(config, 'CodeSize') ?? 0} bytes`,
    status,
    ready: isRunning ? 1 : 0,
    replicas: 1,
    revision: version,
    url,
    created_at: timeOf(textAt(config, 'LastModified')),
    reason: isRunning ? null : reasonOf(config, state),
  }
}

function reasonOf(config: unknown, state: string): string {
  return textAt(config, 'StateReason') ?? state
}

/** A function that nobody has called for long is inactive, and runs when it is called. */
const words: Readonly<Record<string, DeploymentStatus['status']>> = {
  Active: 'running',
  Inactive: 'running',
  Pending: 'deploying',
}

export function isOurs(config: unknown): boolean {
  return textAt(config, 'Description')?.startsWith(marker) === true
}

/** Lambda writes the zone as +0000. */
export function timeOf(text: string | undefined): string {
  const date = new Date((text ?? '').replace(/\+0000$/, 'Z'))
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}
