import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe } from '@jest/globals'
import { buildIris, root, unpackIris } from '../iris.ts'
import { describeBehaviour } from '../suite.ts'
import { functionUrl, restApi } from './events.ts'
import { zipHost } from './hosts.ts'

const features = { joinsRequests: false }
let folder: string

beforeAll(async () => {
  folder = await unpackIris(await buildIris())
  await cp(join(root, 'templates/lambda/lambda.mjs'), join(folder, 'lambda.mjs'))
}, 120_000)

describe.each([restApi, functionUrl])("a zip on Lambda's own Node, behind $name", (front) => {
  describeBehaviour(() => zipHost(folder, front), features)
})

describe("a zip on Lambda's own Node that streams", () => {
  describeBehaviour(() => zipHost(folder, functionUrl, true), features)
})
