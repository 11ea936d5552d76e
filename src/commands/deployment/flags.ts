import type { Connection } from '../../deploy/target.ts'
import { withoutUndefined } from '../../lib/without-undefined.ts'
import type { Session } from '../context.ts'
import { withConnection } from './with-connection.ts'

/** Where a deployment is, the same for every command on what is deployed. */
export const placeFlags = {
  target: {
    type: 'text',
    short: 't',
    placeholder: 'TARGET',
    description: 'Where it runs (default kubernetes)',
  },
  namespace: {
    type: 'text',
    placeholder: 'NAMESPACE',
    description: "Namespace (default: the context's)",
  },
  context: {
    type: 'text',
    placeholder: 'CONTEXT',
    description: 'Context of the kubeconfig (default: the current one)',
  },
} as const

interface Place {
  readonly target: string | undefined
  readonly namespace: string | undefined
  readonly context: string | undefined
}

export async function atPlace<T>(
  { target, namespace, context }: Place,
  session: Session,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { requireTarget } = await import('../../deploy/registry.ts')
  const found = await requireTarget(target ?? 'kubernetes')
  return withConnection(found, { session, ...withoutUndefined({ namespace, context }) }, work)
}
