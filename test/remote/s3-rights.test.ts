import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { pullBento, pushBento, storedBento } from './remotes.ts'

/*
 * What moto does not do: rights. As S3, which says nothing beside the status of a HEAD.
 */
let allowed: readonly string[] = []
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (allowed.includes(request.method ?? '')) response.writeHead(404).end()
    else response.writeHead(403).end('<Error><Message>Access Denied</Message></Error>')
  })
})
let env: Record<string, string>

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'ann',
    AWS_SECRET_ACCESS_KEY: 'secret',
    HOME: await temporaryFolder(),
  }
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test.each([
  ['see what is there', [], /^S3 answered 403 to "s3:\/\/models\/x\/blobs\/sha256\/[0-9a-f]{64}"$/],
  ['write', ['HEAD'], /^S3 answered 403 to "s3:\/\/models\/x\/blobs\/.*": Access Denied$/],
])('says that a push may not %s', async (_, methods, message) => {
  allowed = methods
  await expect(pushBento(await storedBento('v1'), 's3://models/x', { env })).rejects.toMatchObject({
    code: 'REGISTRY_DENIED',
    message: expect.stringMatching(message),
    hint: 'Check whose keys those are, and what it may do in this bucket.',
  })
})

test('says that a pull may not read', async () => {
  allowed = []
  const pulling = pullBento('s3://models/x:v1', await temporaryFolder(), { env })
  await expect(pulling).rejects.toMatchObject({
    code: 'REGISTRY_DENIED',
    message: 'S3 answered 403 to "s3://models/x/versions/v1": Access Denied',
  })
})
