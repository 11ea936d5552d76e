import { findAccess } from '../../deploy/kubernetes/kubeconfig.ts'
import { type Check, note, ok } from '../check.ts'
import { fromError } from '../from-error.ts'

export const kubernetes: Check = {
  name: 'kubernetes',
  async run({ env }) {
    try {
      const access = await findAccess({ env })
      const { origin } = access.server
      return [ok(`Cluster ${access.name} at ${origin}, namespace ${access.namespace}`)]
    } catch (thrown) {
      // Who does not deploy there needs none; who says where it is means it.
      if (env['KUBECONFIG'] === undefined) {
        return [note('No cluster is known', 'Set KUBECONFIG before you deploy to Kubernetes.')]
      }
      return [fromError(thrown, 'error', 'Set KUBECONFIG to a kubeconfig that can be read.')]
    }
  },
}
