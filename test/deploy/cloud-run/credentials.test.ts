import { generateKeyPairSync, verify } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { findGoogleAccess } from '../../../src/deploy/cloud-run/credentials.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('signs for a service account, and asks for one token only', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    asked.push(await text(request))
    response.end(JSON.stringify({ access_token: 'minted', expires_in: 3600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  const token_uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const file = join(await temporaryFolder(), 'key.json')
  const key = { type: 'service_account', project_id: 'p', client_email: 'a@b', private_key_id: '1' }
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(file, JSON.stringify({ ...key, private_key: pem, token_uri }))
  const access = await findGoogleAccess({ GOOGLE_APPLICATION_CREDENTIALS: file })
  expect([access.project, await access.token(), await access.token()]).toEqual([
    'p',
    'minted',
    'minted',
  ])
  server.close()
  expect(asked).toHaveLength(1)
  const jwt = new URLSearchParams(asked[0]).get('assertion') ?? ''
  const [head, claims, signature = ''] = jwt.split('.')
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
  expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())).toMatchObject({
    iss: 'a@b',
    aud: token_uri,
  })
})
