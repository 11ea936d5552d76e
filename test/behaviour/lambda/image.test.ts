import { beforeAll, describe } from '@jest/globals'
import { buildIris, unpackIris } from '../iris.ts'
import { describeBehaviour } from '../suite.ts'
import { functionUrl, httpApi, loadBalancer, loadBalancerWithLists, restApi } from './events.ts'
import { runtimeHost } from './hosts.ts'

/*
 * Lambda runs one invocation at a time in each environment, so that requests never meet in a batch there.
 */
const features = { joinsRequests: false, streams: false }
let folder: string

beforeAll(async () => {
  folder = await unpackIris(await buildIris())
}, 120_000)

describe.each([restApi, httpApi, functionUrl, loadBalancer, loadBalancerWithLists])(
  'an image on Lambda, behind $name',
  (front) => {
    describeBehaviour(() => runtimeHost(folder, front), features)
  },
)

describe('an image on Lambda that streams', () => {
  describeBehaviour(() => runtimeHost(folder, functionUrl, true), { ...features, streams: true })
})
