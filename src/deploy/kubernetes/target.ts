import type { Target } from '../target.ts'
import { KubernetesApi } from './api.ts'
import { KubernetesConnection } from './connection.ts'
import { findAccess } from './kubeconfig.ts'
import { renderFiles } from './render.ts'

export const kubernetesTarget: Target = {
  name: 'kubernetes',
  render: renderFiles,
  async connect(options) {
    const { env, context, namespace } = options
    const access = await findAccess({ env, ...(context === undefined ? {} : { context }) })
    return new KubernetesConnection(new KubernetesApi(access), {
      ...options,
      namespace: namespace ?? access.namespace,
    })
  },
}
