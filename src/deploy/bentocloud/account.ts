import { textAt } from '../../lib/records.ts'
import { CloudApi } from './cloud-api.ts'
import type { CloudContext } from './contexts.ts'

/** Whose token it is. Throws DEPLOY_REFUSED for one that BentoCloud does not know. */
export async function findAccount(
  context: CloudContext,
): Promise<Readonly<Record<'email' | 'organization', string>>> {
  const api = new CloudApi(context)
  const user = await api.require({ path: 'v1/auth/current' }, 'the token')
  const organization = await api.require({ path: 'v1/current_org' }, 'the token')
  return {
    email: textAt(user, 'email') ?? '',
    organization: textAt(organization, 'name') ?? endpointName(context),
  }
}

function endpointName({ endpoint }: CloudContext): string {
  return new URL(endpoint).host
}
