import type { Connection, Place } from '../../deploy/target.ts'
import type { Session } from '../context.ts'
import { withConnection } from './with-connection.ts'

/** Where a deployment is, the same for every command on what is deployed. */
export const placeFlags = {
  target: {
    type: 'text',
    short: 't',
    metavar: 'TARGET',
    description: 'Where it runs (default kubernetes)',
  },
  namespace: {
    type: 'text',
    metavar: 'NAMESPACE',
    description: "Namespace (default: the context's)",
  },
  context: {
    type: 'text',
    metavar: 'CONTEXT',
    description: 'Context of the kubeconfig (default: the current one)',
  },
  region: {
    type: 'text',
    metavar: 'REGION',
    description: 'Region of a cloud (default: as its own tools have it)',
  },
  project: {
    type: 'text',
    metavar: 'PROJECT',
    description: 'Project of Google Cloud, or SUBSCRIPTION/GROUP of Azure',
  },
} as const

type At = Place & { readonly target: string | undefined }

export async function atPlace<T>(
  { target, namespace, context, region, project }: At,
  session: Session,
  work: (connection: Connection, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const { requireTarget } = await import('../../deploy/registry.ts')
  const found = await requireTarget(target ?? 'kubernetes')
  return withConnection(found, { session, place: { namespace, context, region, project } }, work)
}
