import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findAccess } from '../../src/aws/credentials.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { keys, lent, loan, nobody, openLender } from './lender.ts'

const { url, asked, answers } = openLender()

/** A person whose ~/.aws holds these. */
async function withProfiles(config: string, credentials = ''): Promise<Record<string, string>> {
  const env = await nobody()
  const aws = join(env['HOME'] ?? '', '.aws')
  await mkdir(aws)
  await writeFile(join(aws, 'config'), config)
  await writeFile(join(aws, 'credentials'), credentials)
  return { ...env, AWS_ENDPOINT_URL_STS: url() }
}

test('takes on the role of a profile with the keys of another', async () => {
  const config = `[profile deploy]
role_arn = arn:aws:iam::1:role/deploy
source_profile = me
external_id = acme
`
  const own = '[me]\naws_access_key_id = MINE\naws_secret_access_key = SECRET\n'
  const env = { ...(await withProfiles(config, own)), AWS_PROFILE: 'deploy' }
  answers.set('POST /', loan)
  expect((await findAccess(env, {})).credentials).toEqual(keys)
  expect(asked[0]?.headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=MINE\/\d{8}\/eu-west-1\/sts\/aws4_request, /,
  )
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({
    Action: 'AssumeRole',
    RoleArn: 'arn:aws:iam::1:role/deploy',
    RoleSessionName: 'bento',
    ExternalId: 'acme',
  })
})

test('takes on a role over a role, of a profile that names itself', async () => {
  const config = `[profile far]
role_arn = arn:aws:iam::2:role/far
source_profile = near
[profile near]
role_arn = arn:aws:iam::1:role/near
source_profile = near
aws_access_key_id = MINE
aws_secret_access_key = SECRET
`
  answers.set('POST /', loan)
  const env = { ...(await withProfiles(config)), AWS_PROFILE: 'far' }
  expect((await findAccess(env, {})).credentials).toEqual(keys)
  const roles = asked.map(({ body }) => new URLSearchParams(body).get('RoleArn'))
  expect(roles).toEqual(['arn:aws:iam::1:role/near', 'arn:aws:iam::2:role/far'])
  const signers = asked.map(({ headers }) => String(headers['authorization']))
  expect(signers).toEqual([
    expect.stringContaining('Credential=MINE/'),
    expect.stringContaining('Credential=AK/'),
  ])
})

test('takes on a role with what the place lends', async () => {
  const config = `[default]
role_arn = arn:aws:iam::1:role/deploy
credential_source = EcsContainer
`
  const env = {
    ...(await withProfiles(config)),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url()}/keys`,
  }
  answers.set('GET /keys', lent)
  answers.set('POST /', loan)
  expect((await findAccess(env, {})).credentials).toEqual(keys)
})

/** What a role's profile leads to instead of keys. */
async function complaintOf(lines: string): Promise<unknown> {
  const role = `role_arn = arn:aws:iam::1:role/deploy\n${lines}`
  const env = await withProfiles(`[default]\n${role}\n[profile b]\nrole_arn = x\nsource_profile = c
[profile c]\nrole_arn = y\nsource_profile = b\n`)
  return findAccess(env, {}).catch((error: unknown) => error)
}

test.each([
  ['', /^Nothing lends the keys that ask AWS for the role arn:aws:iam::1:role\/deploy/],
  ['credential_source = Nowhere', /^Nothing lends the keys/],
  ['source_profile = nobody', /^AWS has no profile "nobody" here$/],
  ['source_profile = b', /^The profiles of AWS name each other as source_profile: b → c → b$/],
  [
    'mfa_serial = arn:aws:iam::1:mfa/me',
    /^The role arn:aws:iam::1:role\/deploy of AWS wants a code/,
  ],
])('says why a profile leads to no role: %s', async (lines, message) => {
  expect(await complaintOf(lines)).toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: expect.stringMatching(message),
  })
  expect(asked).toEqual([])
})

/** A profile that names a program: one that runs this script with an argument of two words. */
async function withProgram(script: string): Promise<Record<string, string>> {
  const file = join(await temporaryFolder(), 'give keys.mjs')
  await writeFile(file, script)
  return withProfiles(
    `[default]\ncredential_process = "${process.execPath}" "${file}" 'two words' three\n`,
  )
}

test('takes the keys that the program of a profile prints, without a shell', async () => {
  const env = await withProgram(`
    const [, , ...args] = process.argv
    const keys = { Version: 1, AccessKeyId: 'AK', SecretAccessKey: 'SK', SessionToken: 'ST' }
    if (args.join() === 'two words,three') console.log(JSON.stringify(keys))`)
  expect((await findAccess(env, {})).credentials).toEqual(keys)
})

test.each([
  ['console.error("log in first"); process.exit(3)', /it ended with 3: log in first$/],
  ['console.log("hello")', /it printed no JSON$/],
  ['console.log("{}")', /it printed no AccessKeyId and SecretAccessKey$/],
  [
    'console.log(JSON.stringify({ AccessKeyId: "A", SecretAccessKey: "S", Expiration: "2020-01-01T00:00:00Z" }))',
    /what it printed has expired on 2020-01-01T00:00:00Z$/,
  ],
])('says why the program of a profile gave no keys: %s', async (script, message) => {
  await expect(findAccess(await withProgram(script), {})).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: expect.stringMatching(message),
  })
})

test('says that the program of a profile is not there', async () => {
  const env = await withProfiles('[default]\ncredential_process = /nowhere/keys --for me\n')
  await expect(findAccess(env, {})).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    message: expect.stringMatching(/^"\/nowhere\/keys" gave no credentials: .*ENOENT/),
  })
})
