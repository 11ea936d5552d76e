import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findAccess } from '../../src/aws/credentials.ts'
import { keys, lent, loan, nobody, openLender } from './lender.ts'

const { url, asked, answers } = openLender()

test('changes a web identity for keys of a role', async () => {
  const env = await nobody()
  const file = join(env['HOME'] ?? '', 'token')
  await writeFile(file, 'of-the-pod\n')
  const web = { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: 'arn:aws:iam::1:role/bento' }
  const given = { ...env, ...web, AWS_ENDPOINT_URL_STS: url() }
  answers.set('POST /', loan)
  expect((await findAccess(given, {})).credentials).toEqual(keys)
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({
    Action: 'AssumeRoleWithWebIdentity',
    RoleArn: 'arn:aws:iam::1:role/bento',
    WebIdentityToken: 'of-the-pod',
  })
  answers.set('POST /', '<Error><Code>AccessDenied</Code><Message>not you</Message></Error>')
  await expect(findAccess(given, {})).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: 'AWS does not lend the role arn:aws:iam::1:role/bento: not you',
  })
})

test('takes the keys that a container is handed', async () => {
  answers.set('GET /keys', lent)
  const container = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url()}/keys`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'me',
  }
  const env = { ...(await nobody()), ...container }
  expect((await findAccess(env, {})).credentials).toEqual(keys)
  expect(asked[0]?.headers['authorization']).toBe('me')
})

test('takes the keys that a machine of EC2 is lent, with a token', async () => {
  answers.set('PUT /latest/api/token', 'metadata-token')
  answers.set('GET /latest/meta-data/iam/security-credentials/', 'bento-role')
  answers.set('GET /latest/meta-data/iam/security-credentials/bento-role', lent)
  const { AWS_EC2_METADATA_DISABLED: _off, ...env } = await nobody()
  const given = { ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url()}/` }
  expect((await findAccess(given, {})).credentials).toEqual(keys)
  expect(asked[2]?.headers['x-aws-ec2-metadata-token']).toBe('metadata-token')
})

async function ssoHome(expiresAt: string): Promise<Record<string, string>> {
  const env = await nobody()
  const aws = join(env['HOME'] ?? '', '.aws')
  const cache = join(aws, 'sso', 'cache')
  await mkdir(cache, { recursive: true })
  const config = `[default]
sso_session = acme
sso_account_id = 123456789012
sso_role_name = Deployer

[sso-session acme]
sso_region = eu-west-1
sso_start_url = https://acme.awsapps.com/start
`
  await writeFile(join(aws, 'config'), config)
  const name = createHash('sha1').update('acme').digest('hex')
  const kept = JSON.stringify({ accessToken: 'sso-token', expiresAt })
  await writeFile(join(cache, `${name}.json`), kept)
  return { ...env, AWS_ENDPOINT_URL_SSO: url() }
}

test('changes a login of SSO for keys of the role of the profile', async () => {
  const path = '/federation/credentials?account_id=123456789012&role_name=Deployer'
  answers.set(`GET ${path}`, JSON.stringify({ roleCredentials: keys }))
  const access = await findAccess(await ssoHome('2100-01-01T00:00:00Z'), {})
  expect(access.credentials).toEqual(keys)
  expect(asked[0]?.headers['x-amz-sso_bearer_token']).toBe('sso-token')
})

test('says that a login of SSO has expired, and what to do', async () => {
  await expect(findAccess(await ssoHome('2020-01-01T00:00:00Z'), {})).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: 'The login to the SSO of AWS has expired',
    hint: 'Run `aws sso login`.',
  })
})

test('says in one line that there are none', async () => {
  await expect(findAccess(await nobody(), {})).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: 'There are no credentials for AWS',
  })
})
