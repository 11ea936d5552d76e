import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { unzipSync } from 'fflate'
import { makeZip, type Zip } from '../../../src/deploy/lambda/make-zip.ts'
import { openBentoStore } from '../../../src/store/bento-store.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { buildIris } from '../iris.ts'
import { describeBehaviour } from '../suite.ts'
import { functionUrl, restApi } from './events.ts'
import { zipHost } from './hosts.ts'

jest.setTimeout(180_000)

const features = { joinsRequests: false, streams: false }
let folder: string
let zip: Zip

// As Lambda has it: unpacked, and nothing of it can be written.
beforeAll(async () => {
  const { tag, env } = await buildIris()
  const home = env['BENTO_HOME'] ?? ''
  const bento = await openBentoStore(home).require(tag)
  const source = { bento, home, arch: process.arch }
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64'
  zip = await makeZip({ source, architecture, env: process.env, report: () => undefined })
  folder = await temporaryFolder()
  for (const [path, bytes] of Object.entries(unzipSync(zip.bytes))) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
    await chmod(file, 0o444)
  }
})

test('the zip of a service with onnxruntime fits into Lambda', () => {
  expect(zip.unzippedBytes).toBeLessThan(250 * 1024 * 1024)
  expect(zip.bytes.length).toBeLessThan(50 * 1024 * 1024)
})

describe.each([restApi, functionUrl])("a zip on Lambda's own Node, behind $name", (front) => {
  describeBehaviour(() => zipHost(folder, front), features)
})

describe("a zip on Lambda's own Node that streams", () => {
  describeBehaviour(() => zipHost(folder, functionUrl, true), { ...features, streams: true })
})
