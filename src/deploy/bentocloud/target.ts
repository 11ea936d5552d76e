import type { Target } from '../target.ts'
import { CloudApi } from './cloud-api.ts'
import { BentoCloudConnection } from './connection.ts'
import { requireContext } from './contexts.ts'
import { renderFiles } from './render.ts'

export const bentoCloudTarget: Target = {
  name: 'bentocloud',
  render: renderFiles,
  placeOf: ({ bentocloud: { context, cluster } }) => ({ context, region: cluster }),
  async connect({ env, place, report, signal }) {
    const api = new CloudApi(await requireContext(env, place.context), signal)
    return new BentoCloudConnection(api, {
      report,
      cluster: place.region,
      ...(signal && { signal }),
    })
  },
}
