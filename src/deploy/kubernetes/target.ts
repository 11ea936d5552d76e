import type { Target } from '../target.ts'
import { KubernetesApi } from './api.ts'
import { KubernetesConnection } from './connection.ts'
import { findAccess } from './kubeconfig.ts'
import { renderFiles } from './render.ts'

export const kubernetesTarget: Target = {
  name: 'kubernetes',
  render: renderFiles,
  placeOf: ({ kubernetes: { context, namespace } }) => ({ context, namespace }),
  async connect(options) {
    const { env, place } = options
    const { context, namespace } = place
    const access = await findAccess({ env, ...(context === undefined ? {} : { context }) })
    return new KubernetesConnection(new KubernetesApi(access), {
      ...options,
      namespace: namespace ?? access.namespace,
    })
  },
}
