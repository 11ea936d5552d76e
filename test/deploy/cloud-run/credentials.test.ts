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

/** Google's servers, and GitHub's beside them, for one file of a federation. */
async function federation(
  more: object,
): Promise<{ file: string; asked: string[]; close: () => void }> {
  const asked: string[] = []
  const answers: Readonly<Record<string, object>> = {
    '/github?audience=me': { value: 'of-the-job' },
    '/sts': { access_token: 'federated', expires_in: 3600 },
    '/account:generateAccessToken': { accessToken: 'of-the-account' },
  }
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request
    asked.push([url, headers.authorization, await text(request)].join(' '))
    const found = answers[url]
    response.writeHead(found === undefined ? 403 : 200)
    response.end(JSON.stringify(found ?? { error_description: 'not you' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const file = join(await temporaryFolder(), 'federation.json')
  const given = {
    type: 'external_account',
    audience: '//iam.googleapis.com/pools/github',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${base}/sts`,
    credential_source: {
      url: `${base}/github?audience=me`,
      headers: { Authorization: 'Bearer job' },
      format: { type: 'json', subject_token_field_name: 'value' },
    },
  }
  await writeFile(file, JSON.stringify({ ...given, ...more }).replaceAll('BASE', base))
  return { file, asked, close: () => void server.close() }
}

test('changes the identity of a job of GitHub for a token of its service account', async () => {
  const { file, asked, close } = await federation({
    service_account_impersonation_url: 'BASE/account:generateAccessToken',
  })
  const access = await findGoogleAccess({ GOOGLE_APPLICATION_CREDENTIALS: file })
  expect(await access.token()).toBe('of-the-account')
  close()
  const [github, sts = '', account] = asked
  expect(github).toBe('/github?audience=me Bearer job ')
  expect(Object.fromEntries(new URLSearchParams(sts.split('  ')[1]))).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: '//iam.googleapis.com/pools/github',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    subject_token: 'of-the-job',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  })
  expect(account).toBe(
    '/account:generateAccessToken Bearer federated {"scope":["https://www.googleapis.com/auth/cloud-platform"]}',
  )
})

test('changes what a file vouches for, without an account', async () => {
  const file = join(await temporaryFolder(), 'token')
  await writeFile(file, 'of-the-pod\n')
  const given = await federation({ credential_source: { file } })
  const access = await findGoogleAccess({ GOOGLE_APPLICATION_CREDENTIALS: given.file })
  expect(await access.token()).toBe('federated')
  given.close()
  expect(given.asked[0]).toContain('subject_token=of-the-pod&')
})

test.each([
  [{ credential_source: {} }, 'its credential_source has no file and no url'],
  [{ credential_source: { file: '/nowhere/token' } }, 'nothing vouches for us: ENOENT'],
  [{ credential_source: { url: 'BASE/other' } }, /nothing vouches for us: 127.*answered 403/],
  [{ token_url: 'BASE/other' }, 'it answered 403: not you'],
])('says why a federation gives no token: %j', async (more, why) => {
  const { file, close } = await federation(more)
  const access = await findGoogleAccess({ GOOGLE_APPLICATION_CREDENTIALS: file })
  await expect(access.token()).rejects.toThrow(why)
  close()
})
