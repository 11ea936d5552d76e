import { BentoError, isBentoError } from '../../errors.ts'
import { listAt, numberAt, textAt } from '../../lib/records.ts'
import type { Answer } from './api.ts'

/** Who owns a field that we were about to change. */
export interface Conflict {
  readonly field: string
  /** As `"kubectl-edit" using apps/v1`. */
  readonly message: string
}

/** Throws DEPLOY_REFUSED, in the API's own words, unless the answer is a success. */
export function requireOk(answer: Answer, what: string): unknown {
  if (answer.status < 300) return answer.body
  throw refused(answer, what)
}

/** Whether that was refused for want of a right. */
export function isForbidden(error: unknown): error is BentoError {
  return isBentoError(error) && numberAt(error.cause, 'status') === 403
}

export function refused(answer: Answer, what: string): BentoError {
  const { status, body } = answer
  const message = textAt(body, 'message') ?? (typeof body === 'string' ? body.trim() : '')
  return new BentoError(
    'DEPLOY_REFUSED',
    `The cluster refused ${what} with ${status}: ${message.slice(0, 2000)}`,
    { hint: hintFor(status, message), cause: answer },
  )
}

function hintFor(status: number, message: string): string {
  if (status === 401) return 'Log in to the cluster again: its credentials are not valid.'
  if (/exceeded quota/.test(message)) return 'Raise the quota of the namespace, or ask for less.'
  if (status === 403) return 'Ask for that right in the namespace, or name another --context.'
  const namespace = /^namespaces "([^"]+)" not found/.exec(message)?.[1]
  if (namespace !== undefined) return `Create it with \`kubectl create namespace ${namespace}\`.`
  if (status >= 500) return 'Try again: the cluster failed, not the deployment.'
  return 'Correct that field, in the deployment.yaml or in one of its patches.'
}

/** Whether the cluster does not know the kind at all, as before its CRD is installed. */
export function isUnknownKind({ status, body }: Answer): boolean {
  return status === 404 && textAt(body, 'details', 'name') === undefined
}

export function unknownKind(kind: string): BentoError {
  return new BentoError('DEPLOY_REFUSED', `The cluster does not know what a ${kind} is`, {
    hint: `Install what brings it (${origins[kind] ?? 'its CRD'}), or leave its key out of kubernetes.`,
  })
}

const origins: Readonly<Record<string, string>> = {
  ScaledObject: 'KEDA',
  ServiceMonitor: 'the Prometheus operator',
  HTTPRoute: 'the Gateway API',
}

/** The fields that others own; empty when the answer is another failure. */
export function conflictsOf({ status, body }: Answer): Conflict[] {
  if (status !== 409) return []
  return listAt(body, 'details', 'causes')
    .filter((cause) => textAt(cause, 'reason') === 'FieldManagerConflict')
    .map((cause) => ({
      field: textAt(cause, 'field') ?? '',
      message: (textAt(cause, 'message') ?? '').replace(/^conflict with /, ''),
    }))
}
